import { expect, test } from 'vitest';
import type { TaskOrder } from '../../execution/effect.ts';
import { Fault } from '../../ground/fault.ts';
import { productCatalog } from '../../main/catalog.ts';
import { ManualClock, newExecution, testTools } from '../engine/testing.ts';
import { calledOperations, constraintCheck } from '../integrations/operations.ts';
import type { TaskOutcome, TaskRun } from '../ports/tasks.ts';
import type { InvokeAnswer, InvokeCall } from './invoke.ts';
import { lambdaIntegration } from './tasks.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const check = constraintCheck(calledOperations(productCatalog()));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function run(
  resource: string,
  parameters: unknown,
  answer: Partial<InvokeAnswer> | Fault = {},
): Promise<{ outcome: TaskOutcome; call: InvokeCall; started: number[] }> {
  const clock = new ManualClock(1_700_000_000_000);
  let call: InvokeCall | undefined;
  const integration = lambdaIntegration({
    check,
    clock,
    tools: testTools(clock),
    invoke: async (given) => {
      call = given;
      if (answer instanceof Fault) throw answer;
      return {
        statusCode: 200,
        requestId: given.requestId!,
        payload: encoder.encode('{"ok":true}'),
        executedVersion: '$LATEST',
        logTail: 'START',
        traceHeader: 'Root=1-2;Sampled=1',
        ...answer,
      };
    },
  });
  const order: TaskOrder = {
    resource,
    stateName: 'T',
    parameters: JSON.stringify(parameters),
    retryCount: 0,
  };
  const started: number[] = [];
  const head = { ...newExecution('e', 'h', 0), id: 1, seq: 1, status: 'RUNNING', redriveCount: 0 };
  const task: TaskRun = {
    head: head as TaskRun['head'],
    scope: '',
    attempt: 3,
    order,
    traceHeader: 'Root=1-2;Parent=3;Sampled=1',
    abort: new AbortController().signal,
    started: (at) => started.push(at),
  };
  expect(integration.matches(resource)).toBe(true);
  return { outcome: await integration.run(task), call: call!, started };
}

const output = (outcome: TaskOutcome): Record<string, unknown> =>
  JSON.parse((outcome as { output: string }).output) as Record<string, unknown>;

test('answers lambda:invoke with the call and its metadata, in the recorded order', async () => {
  const { outcome, call, started } = await run(INVOKE, { FunctionName: 'f', Payload: { a: 1 } });
  expect(started).toEqual([1_700_000_000_000]);
  expect(call).toMatchObject({ functionName: 'f', type: 'RequestResponse' });
  expect(call.traceHeader).toBe('Root=1-2;Parent=3;Sampled=1');
  expect(outcome.type).toBe('Succeeded');
  const shown = output(outcome);
  expect(Object.keys(shown)).toEqual([
    'ExecutedVersion',
    'Payload',
    'SdkHttpMetadata',
    'SdkResponseMetadata',
    'StatusCode',
  ]);
  expect(shown.Payload).toEqual({ ok: true });
  const http = shown.SdkHttpMetadata as { AllHttpHeaders: object; HttpHeaders: object };
  expect(Object.keys(http.AllHttpHeaders)).toEqual([
    'X-Amz-Executed-Version',
    'x-amzn-Remapped-Content-Length',
    'Connection',
    'x-amzn-RequestId',
    'Content-Length',
    'Date',
    'X-Amzn-Trace-Id',
    'Content-Type',
  ]);
  expect(Object.keys(http.HttpHeaders).map((name) => name.toLowerCase())).toEqual(
    Object.keys(http.HttpHeaders)
      .map((name) => name.toLowerCase())
      .toSorted(),
  );
});

test('sends payloads as AWS does', async () => {
  const sent = async (parameters: object): Promise<string> =>
    decoder.decode((await run(INVOKE, { FunctionName: 'f', ...parameters })).call.payload);
  expect(await sent({})).toBe('{}');
  expect(await sent({ Payload: null })).toBe('{}');
  expect(await sent({ Payload: '0' })).toBe('0');
  expect(await sent({ Payload: '"x"' })).toBe('"x"');
  expect(await sent({ Payload: 'plain' })).toBe('"plain"');
  expect(await sent({ Payload: [1] })).toBe('[1]');
});

test('tells of a function that failed by its own error', async () => {
  const payload = encoder.encode('{"errorMessage": "m", "errorType": "Custom"}');
  const failed = { payload, functionError: 'Unhandled' } as const;
  expect((await run(INVOKE, { FunctionName: 'f' }, failed)).outcome).toEqual({
    type: 'Failed',
    error: 'Custom',
    cause: '{"errorMessage":"m","errorType":"Custom"}',
  });
  expect((await run(FUNCTION, { a: 1 }, failed)).outcome).toEqual({
    type: 'Failed',
    error: 'Custom',
    cause: '{"errorMessage": "m", "errorType": "Custom"}',
  });
  const broken = { payload: encoder.encode('exit'), functionError: 'Unhandled' } as const;
  expect((await run(FUNCTION, {}, broken)).outcome).toMatchObject({ error: 'Lambda.Unknown' });
});

test('names refusals as the SDK does', async () => {
  const missing = new Fault('ResourceNotFoundException', `Function not found: ${FUNCTION}`, {
    status: 404,
  });
  expect((await run(INVOKE, { FunctionName: 'f' }, missing)).outcome).toEqual({
    type: 'Failed',
    error: 'Lambda.ResourceNotFoundException',
    cause:
      `Function not found: ${FUNCTION}:$LATEST (Service: AWSLambda; Status Code: 404; ` +
      'Error Code: ResourceNotFoundException; ' +
      'Request ID: 00000000-0000-4000-8000-000000000001; Proxy: null)',
  });
  const defect = await run(INVOKE, { FunctionName: 'f' }, new Fault('X', 'x', { side: 'server' }));
  expect(defect.outcome).toMatchObject({ error: 'Lambda.ServiceException' });
});

test('parameters that break a constraint are refused as the service does', async () => {
  const refusal = async (parameters: object): Promise<unknown> => {
    const { outcome, call } = await run(INVOKE, parameters);
    expect(call).toBeUndefined();
    expect(outcome).toMatchObject({ type: 'Failed', error: 'Lambda.AWSLambdaException' });
    return (outcome as { cause: string }).cause;
  };
  const where =
    '(Service: AWSLambda; Status Code: 400; Error Code: ValidationException; ' +
    'Request ID: 00000000-0000-4000-8000-000000000001; Proxy: null)';
  expect(await refusal({ FunctionName: null })).toBe(
    "1 validation error detected: Value null at 'functionName' failed to satisfy constraint: " +
      `Member must not be null ${where}`,
  );
  expect(await refusal({ FunctionName: 'f', InvocationType: 'Other' })).toContain(
    "Value 'Other' at 'invocationType' failed to satisfy constraint: " +
      'Member must satisfy enum value set: [DryRun, Event, RequestResponse] (Service: AWSLambda',
  );
});

test('the older form answers with what the function returned', async () => {
  const { outcome, call } = await run(FUNCTION, { a: 1 });
  expect(outcome).toEqual({ type: 'Succeeded', output: '{"ok":true}' });
  expect(call).toMatchObject({ functionName: FUNCTION, type: 'RequestResponse' });
  expect(decoder.decode(call.payload)).toBe('{"a":1}');
});

test('with a task token the call is only the beginning', async () => {
  const { outcome } = await run(`${INVOKE}.waitForTaskToken`, { FunctionName: 'f' });
  expect(outcome.type).toBe('Submitted');
});

test('hands on the end of the log where it is asked for', async () => {
  const tail = await run(INVOKE, { FunctionName: 'f', LogType: 'Tail' });
  const shown = output(tail.outcome);
  expect(atob(shown.LogResult as string)).toBe('START');
  expect(Object.keys(shown).slice(0, 2)).toEqual(['ExecutedVersion', 'LogResult']);
});
