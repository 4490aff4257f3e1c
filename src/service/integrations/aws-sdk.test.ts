import { describe, expect, it } from 'vitest';
import { LanguageError } from '../../asl/language-error.ts';
import { parseResource } from '../../asl/resource.ts';
import { validateDefinition } from '../../asl/validate.ts';
import { systemDigests } from '../../edge/system.ts';
import { Fault } from '../../ground/fault.ts';
import { Doc, type Json } from '../../ground/json.ts';
import { productCatalog } from '../../main/catalog.ts';
import { Dispatcher, type HandlerTable } from '../../wire/dispatch.ts';
import type { CallContext } from '../../wire/operations.ts';
import { AwsCalls } from '../calls.ts';
import { ManualClock, testLog } from '../engine/testing.ts';
import type { TaskOutcome, TaskRun } from '../ports/tasks.ts';
import { awsSdkIntegrations } from './aws-sdk.ts';
import { calledOperations, knownServices, parameterCheck } from './operations.ts';

const catalog = productCatalog();
const operationOf = calledOperations(catalog);
const arn = (rest: string): string => `arn:aws:states:::${rest}`;

interface Seen {
  readonly outcome: TaskOutcome;
  readonly calls: { readonly input: unknown; readonly context: CallContext }[];
  readonly onLost: string;
}

/** Runs one task on handlers that all answer the same. */
async function run(resource: string, parameters: Json, answer: object = {}): Promise<Seen> {
  const calls: Seen['calls'] = [];
  const handler = async (input: never, context: CallContext): Promise<object> => {
    calls.push({ input, context });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const names = ['StartExecution', 'SendTaskSuccess', 'DescribeActivity', 'GetActivityTask'];
  const table: HandlerTable = Object.fromEntries(names.map((name) => [name, handler]));
  const lambda = { GetFunction: handler };
  const services = { states: table, lambda };
  const where = { account: '1', region: 'x', log: testLog(), digests: systemDigests };
  const dispatcher = new Dispatcher({ catalog, services, ...where });
  const integrations = awsSdkIntegrations({
    calls: new AwsCalls(dispatcher),
    clock: new ManualClock(5),
    tools: { uuid: () => 'request-1' },
  });
  const matching = integrations.filter((one) => one.matches(arn(resource)));
  expect(matching).toHaveLength(1);
  const task = {
    head: { account: '111122223333', region: 'eu-west-1' },
    order: { resource: arn(resource), parameters: JSON.stringify(parameters) },
    traceHeader: 'Root=1-2;Sampled=1',
    abort: new AbortController().signal,
    started: () => {},
  } as unknown as TaskRun;
  const { onLost } = matching[0]!;
  return { outcome: await matching[0]!.run(task), calls, onLost };
}

describe('a call', () => {
  it('reaches the handler of the operation, as the execution and traced by it', async () => {
    const answer = { executionArn: 'e', startDate: new Date(1_700_000_000_000) };
    const parameters = { StateMachineArn: 'arn:m', Input: { a: 1 } };
    const { outcome, calls } = await run('aws-sdk:sfn:startExecution', parameters, answer);
    expect(outcome).toEqual({
      type: 'Succeeded',
      output: '{"ExecutionArn":"e","StartDate":"2023-11-14T22:13:20Z"}',
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]!.input).toEqual({ stateMachineArn: 'arn:m', input: '{"a":1}' });
    expect(calls[0]!.context).toMatchObject({
      account: '111122223333',
      region: 'eu-west-1',
      requestId: 'request-1',
      traceHeader: 'Root=1-2;Sampled=1',
    });
  });

  it('that waits for a token is submitted', async () => {
    const { outcome } = await run('aws-sdk:sfn:startExecution.waitForTaskToken', {
      StateMachineArn: 'm',
    });
    expect(outcome).toEqual({ type: 'Submitted', output: '{}' });
  });

  it('fails by the exception of the model, or by that of the service', async () => {
    const token = new Fault('InvalidToken', "Invalid Token: 'Invalid token'");
    const parameters = { TaskToken: 't', Output: {} };
    const send = await run('aws-sdk:sfn:sendTaskSuccess', parameters, token);
    expect(send.outcome).toEqual({
      type: 'Failed',
      error: 'Sfn.InvalidTokenException',
      cause:
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: request-1) " +
        '(SDK Attempt Count: 1)',
    });
    const missing = new Fault('ResourceNotFoundException', 'Function not found: f');
    const get = await run('aws-sdk:lambda:getFunction', { FunctionName: 'f' }, missing);
    expect(get.outcome).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
      cause: expect.stringContaining('(Service: Lambda, Status Code: 404, '),
    });
    const defect = await run('aws-sdk:lambda:getFunction', { FunctionName: 'f' }, new Error('x'));
    expect(defect.outcome).toMatchObject({
      error: 'Lambda.LambdaException',
      cause: expect.stringContaining('Status Code: 500'),
    });
  });

  it('is checked as a request is', async () => {
    const { outcome, calls } = await run('aws-sdk:sfn:describeActivity', { ActivityArn: null });
    expect(calls).toEqual([]);
    expect(outcome).toMatchObject({
      error: 'Sfn.ValidationException',
      cause: expect.stringContaining("Value null at 'activityArn' failed to satisfy constraint"),
    });
  });

  it.each(['aws-sdk:dynamodb:getItem', 'aws-sdk:sfn:noSuchThing', 'aws-sdk:sts:getSessionToken'])(
    '%s says that it is not here',
    async (resource) => {
      const { outcome } = await run(resource, {});
      const [, service, action] = resource.split(':');
      expect(outcome).toEqual({
        type: 'Failed',
        error: 'States.TaskFailed',
        cause:
          `The resource '${arn(resource)}' is not supported by this server: ` +
          `it does not have '${action}' of 'aws-sdk:${service}'.`,
      });
    },
  );
});

it.each([
  ['aws-sdk:sfn:describeActivity', 'rerun'],
  ['aws-sdk:sfn:startExecution', 'fail'],
  ['aws-sdk:sfn:getActivityTask', 'fail'],
  ['aws-sdk:cloudwatchlogs:filterLogEvents', 'rerun'],
  ['aws-sdk:dynamodb:putItem.waitForTaskToken', 'fail'],
])('%s whose process died: %s', async (resource, onLost) => {
  expect((await run(resource, {})).onLost).toBe(onLost);
});

describe('the request of a task', () => {
  const check = parameterCheck(operationOf);
  const request = (resource: string, value: Json, whole = false): Json =>
    check(parseResource(arn(resource))!, Doc.ofValue(value), whole).value;

  it('loses unknown members of the whole input, whichever way the operation is called', () => {
    const input = { StateMachineArn: 'm', Other: 1 };
    for (const resource of ['aws-sdk:sfn:startExecution', 'states:startExecution.sync:2']) {
      expect(request(resource, input, true)).toEqual({ StateMachineArn: 'm' });
    }
    expect(request('dynamodb:putItem', input, true)).toBe(input);
  });

  it('cannot be made of parameters that do not fit', () => {
    const refusal = (resource: string, value: Json, whole = false): unknown => {
      try {
        return request(resource, value, whole);
      } catch (error) {
        expect(error).toBeInstanceOf(LanguageError);
        return (error as Error).message;
      }
    };
    expect(refusal('lambda:invoke.waitForTaskToken', { TaskToken: 't', Payload: 'any' })).toBe(
      `The Parameters '{"TaskToken":"t","Payload":"any"}' could not be used to start the Task: ` +
        `[The field 'FunctionName' is required but was missing, ` +
        'The field "TaskToken" is not supported by Step Functions]',
    );
    expect(refusal('states:startExecution', [1], true)).toBe(
      "The Parameters '[1]' could not be used to start the Task: " +
        "[The field 'StateMachineArn' is required but was missing]",
    );
  });
});

describe('a definition', () => {
  const services = knownServices(catalog, operationOf);
  const found = (state: object): string[] => {
    const S = { Type: 'Task', End: true, ...state };
    const definition = JSON.stringify({ StartAt: 'S', States: { S } });
    const { diagnostics } = validateDefinition(definition, { type: 'STANDARD', services });
    return diagnostics.map(({ message, location }) => `${message} at ${location}`);
  };

  it('is refused where it names what the operation does not take', () => {
    const Parameters = { FunctionName: 'f', 'TaskToken.$': '$$.Task.Token', Static: true };
    expect(found({ Resource: arn('lambda:invoke'), Parameters })).toEqual([
      'The field "Static" is not supported by Step Functions at /States/S/Parameters',
    ]);
    const Arguments = { Input: '{% $states.input %}' };
    const jsonata = { QueryLanguage: 'JSONata', Resource: arn('states:startExecution'), Arguments };
    expect(found(jsonata)).toEqual([
      "The field 'StateMachineArn' is required but was missing at /States/S/Arguments",
    ]);
  });

  it('passes where all of it is known later, or nothing is known of the service', () => {
    const Resource = arn('aws-sdk:sfn:describeActivity');
    expect(found({ Resource })).toEqual([]);
    expect(found({ Resource, Parameters: { 'ActivityArn.$': '$.arn' } })).toEqual([]);
    const Arguments = '{% $states.input %}';
    expect(found({ QueryLanguage: 'JSONata', Resource, Arguments })).toEqual([]);
    const other = { Resource: arn('aws-sdk:dynamodb:putItem'), Parameters: { Some: 1 } };
    expect(found(other)).toEqual([]);
  });

  it('is refused where a service here has no such action', () => {
    const Resource = arn('aws-sdk:sfn:startExecutions');
    expect(found({ Resource })).toEqual([
      expect.stringContaining(`The resource provided ${Resource} is not recognized.`),
    ]);
  });
});
