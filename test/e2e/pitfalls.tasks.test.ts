/** What emulators of Step Functions commonly get wrong: tasks, functions, and nested executions. */
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, temporaryFolder } from '../support/server.ts';
import { eventOf, one, ROLE, sequence, Workbench } from '../support/workbench.ts';
import { functionZip } from '../support/zip.ts';

const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const INVOKE = 'arn:aws:states:::lambda:invoke';
const NESTED = 'arn:aws:states:::states:startExecution';

/** Says what it was given, answers a token it is given, or fails as it is told to. */
const CODE = `
exports.handler = async (event) => {
  if (event && event.fail) throw new RangeError(event.fail);
  if (event && event.token) {
    const answer = await fetch(event.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AWSStepFunctions.SendTaskSuccess',
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/states/' +
          'aws4_request, SignedHeaders=host;x-amz-date, Signature=00',
      },
      body: JSON.stringify({ taskToken: event.token, output: '"answered"' }),
    });
    return answer.status;
  }
  return { seen: event };
};`;

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
  const lambda = new LambdaClient(bench.server.client);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Runtime: 'nodejs20.x',
      Role: ROLE,
      Handler: 'index.handler',
      Timeout: 10,
      Code: { ZipFile: functionZip({ 'index.js': CODE }) },
    }),
  );
  lambda.destroy();
});
afterAll(() => bench.close());

const invoke = (Payload: unknown, more: object = {}): object => ({
  Type: 'Task',
  Resource: INVOKE,
  Parameters: { FunctionName: 'f', Payload, ...more },
});

describe('lambda:invoke', () => {
  it('gives a function an empty object for null, and JSON text as it stands', async () => {
    for (const [payload, seen] of [
      [null, {}],
      ['0', 0],
      ['"x"', 'x'],
      ['{"a":1}', { a: 1 }],
      [{ a: 1 }, { a: 1 }],
    ] as const) {
      const { output } = await bench.run(one(invoke(payload)));
      expect(output.Payload, JSON.stringify(payload)).toEqual({ seen });
    }
  });

  it('wraps what comes back in what the SDK adds', async () => {
    const { output } = await bench.run(one(invoke({ a: 1 })));
    expect(Object.keys(output)).toEqual([
      'ExecutedVersion',
      'Payload',
      'SdkHttpMetadata',
      'SdkResponseMetadata',
      'StatusCode',
    ]);
    expect(output).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { seen: { a: 1 } },
      SdkHttpMetadata: {
        AllHttpHeaders: { 'X-Amz-Executed-Version': ['$LATEST'] },
        HttpHeaders: { 'Content-Type': 'application/json' },
        HttpStatusCode: 200,
      },
      StatusCode: 200,
    });
  });

  it('fails by the name of the exception, with the payload of the function as cause', async () => {
    const told = await bench.run(one(invoke({ fail: 'Mine' })));
    expect(told).toMatchObject({ status: 'FAILED', error: 'RangeError' });
    expect(told.cause).toMatch(/^\{"errorType":"RangeError","errorMessage":"Mine","trace":\[/);
    const legacy = await bench.run(one({ Type: 'Task', Resource: LAMBDA }), { fail: 'Mine' });
    expect(legacy).toMatchObject({ status: 'FAILED', error: 'RangeError' });
    const missing = await bench.run(one(invoke({}, { FunctionName: 'none' })));
    expect(missing).toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
    expect(missing.cause).toMatch(
      /^Function not found: .*:none.* \(Service: AWSLambda; Status Code: 404; /,
    );
  });

  it('takes the answer by token even while the function that sends it still runs', async () => {
    const told = await bench.run(
      one({
        ...invoke({ 'token.$': '$$.Task.Token', url: bench.server.url }),
        Resource: `${INVOKE}.waitForTaskToken`,
      }),
    );
    expect(told).toMatchObject({ status: 'SUCCEEDED', output: 'answered' });
  });
});

describe('the events of a task', () => {
  it('are all there, with details where AWS has some', async () => {
    const told = await bench.run(one(invoke({ a: 1 })));
    expect(told.chain.slice(1)).toEqual([
      '2<-0 TaskStateEntered',
      '3<-2 TaskScheduled',
      '4<-3 TaskStarted',
      '5<-4 TaskSucceeded',
      '6<-5 TaskStateExited',
      '7<-6 ExecutionSucceeded',
    ]);
    expect(eventOf(told, 'TaskScheduled').taskScheduledEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'us-east-1',
      parameters: '{"FunctionName":"f","Payload":{"a":1}}',
    });
    expect(eventOf(told, 'TaskStarted').taskStartedEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
    });
  });

  it('of a function by its ARN are named after functions, its start has no details', async () => {
    const told = await bench.run(one({ Type: 'Task', Resource: LAMBDA }), { a: 1 });
    expect(told.output).toEqual({ seen: { a: 1 } });
    expect(told.types.slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
    const started = eventOf(told, 'LambdaFunctionStarted');
    expect(Object.keys(started).sort()).toEqual(['id', 'previousEventId', 'timestamp', 'type']);
  });

  it('of a stop or an empty failure are empty details', async () => {
    const failed = await bench.run(one({ Type: 'Fail' }));
    expect(failed.events.at(-1)!.executionFailedEventDetails).toEqual({});
  });
});

describe('nested executions', () => {
  const nested = (suffix: string, parameters: object): object => ({
    Type: 'Task',
    Resource: `${NESTED}${suffix}`,
    Parameters: parameters,
  });

  it('start with an empty object for null, and with the text of an object', async () => {
    const child = await bench.machine(one({ Type: 'Pass' }));
    const input = async (Input: unknown) => {
      const { output } = await bench.run(one(nested('.sync', { StateMachineArn: child, Input })));
      return output.Input;
    };
    expect(await input(null)).toBe('{}');
    expect(await input({ a: [1] })).toBe('{"a":[1]}');
    expect(await input('{"b":2}')).toBe('{"b":2}');
  });

  it('answer in Pascal case with milliseconds: .sync in texts, .sync:2 in values', async () => {
    const child = await bench.machine(one({ Type: 'Pass' }));
    const run = (suffix: string) =>
      bench.run(one(nested(suffix, { StateMachineArn: child, Input: { a: 1 } })));
    const begun = await run('');
    expect(Object.keys(begun.output)).toEqual([
      'ExecutionArn',
      'SdkHttpMetadata',
      'SdkResponseMetadata',
      'StartDate',
    ]);
    expect(Number.isInteger(begun.output.StartDate) && begun.output.StartDate > 1e12).toBe(true);
    const [texts, values] = [await run('.sync'), await run('.sync:2')];
    expect(texts.output).toMatchObject({
      Input: '{"a":1}',
      Output: '{"a":1}',
      Status: 'SUCCEEDED',
    });
    expect(values.output).toMatchObject({ Input: { a: 1 }, Output: { a: 1 } });
    expect(Object.keys(texts.output)).toEqual([
      'ExecutionArn',
      'Input',
      'InputDetails',
      'Name',
      'Output',
      'OutputDetails',
      'RedriveCount',
      'RedriveStatus',
      'RedriveStatusReason',
      'StartDate',
      'StateMachineArn',
      'Status',
      'StopDate',
    ]);
    expect(texts.types).toContain('TaskSubmitted');
    expect(eventOf(texts, 'TaskSubmitted').taskSubmittedEventDetails).toMatchObject({
      resourceType: 'states',
      resource: 'startExecution.sync',
    });
  });

  it('refused starts fail by names that the SDK of AWS gives them', async () => {
    const child = await bench.machine(one({ Type: 'Pass' }));
    const again = await bench.run(
      sequence({
        A: nested('.sync', { StateMachineArn: child, Name: 'same' }),
        B: nested('', { StateMachineArn: child, Name: 'same' }),
      }),
    );
    expect(again).toMatchObject({ error: 'StepFunctions.ExecutionAlreadyExistsException' });
    expect(again.cause).toMatch(
      /^Execution Already Exists: '.*' \(Service: AWSStepFunctions; Status Code: 400; /,
    );
    const none = await bench.run(one(nested('', { StateMachineArn: `${child}none` })));
    expect(none).toMatchObject({ error: 'StepFunctions.StateMachineDoesNotExistException' });
  });

  it('that fail make a task failure with a description as its cause', async () => {
    const child = await bench.machine(one({ Type: 'Fail', Error: 'Mine', Cause: 'why' }));
    const told = await bench.run(one(nested('.sync:2', { StateMachineArn: child })));
    expect(told).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(told.cause!)).toMatchObject({
      Error: 'Mine',
      Cause: 'why',
      Status: 'FAILED',
      StateMachineArn: child,
    });
  });
});

it('executions outlive the server, those that wait as well as those that are over', async () => {
  const folder = temporaryFolder();
  const before = Workbench.of(await startServer(folder.path));
  const done = await before.run(sequence({ A: { Type: 'Pass' }, B: { Type: 'Succeed' } }));
  const arn = await before.begin(await before.machine(one({ Type: 'Wait', Seconds: 4 })));
  await before.server.kill();
  const server = await startServer(folder.path);
  const ready = Date.now();
  const after = Workbench.of(server);
  await after.ended(arn);
  const told = await after.describe(arn);
  const lasted = told.stopDate!.getTime() - told.startDate!.getTime();
  expect(told.status).toBe('SUCCEEDED');
  expect(lasted).toBeGreaterThanOrEqual(4000);
  // A wait that began anew would end four seconds behind the start of the server.
  expect(told.stopDate!.getTime()).toBeLessThan(ready + 4000);
  expect(await after.history(done.executionArn)).toEqual(done.events);
  await server.stop();
  folder.remove();
});
