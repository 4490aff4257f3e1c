/** The tools of the command line, and a server with mocks and a virtual clock, as users run them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runCommand } from '../support/command.ts';
import { outcomeOf } from '../support/outcome.ts';
import { startServer, type TestServer, until } from '../support/server.ts';

const YEAR_S = 365 * 86_400;
const folder = mkdtempSync(join(tmpdir(), 'steplight-tools-'));
const file = (name: string, content: string | object): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const steplight = (args: readonly string[], stdin = ''): Promise<Ended> =>
  runCommand(args, { cwd: folder, stdin });

const CHARGE = `
StartAt: Later
States:
  Later: { Type: Wait, Seconds: ${YEAR_S}, Next: Charge }
  Charge:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters: { FunctionName: charge, Payload.$: $ }
    OutputPath: $.Payload
    Retry: [{ ErrorEquals: [Declined], IntervalSeconds: 3600 }]
    End: true
`;
const MOCKS = {
  StateMachines: {
    charge: { TestCases: { Twice: { Charge: 'FailsOnce' }, Never: { Charge: 'Fails' } } },
  },
  MockedResponses: {
    FailsOnce: {
      '0': { Throw: { Error: 'Declined', Cause: 'no' } },
      '1': { Return: { Payload: { ok: true } } },
    },
    Fails: { '0-9': { Throw: { Error: 'Broken', Cause: 'for good' } } },
  },
};

describe('steplight lint', () => {
  it('says in which line and column something is wrong, in JSON and YAML', async () => {
    file('good.asl.yaml', CHARGE);
    file('bad.asl.yaml', CHARGE.replace('Next: Charge', 'Next: Charg'));
    file('bad.asl.json', '{\n  "StartAt": "A",\n  "States": {"A": {"Type": "Pass"}}\n}');
    const { code, stdout } = await steplight(['lint', '*.asl.{yaml,json}']);
    expect(code).toBe(1);
    expect(stdout).toContain("bad.asl.yaml:4:49  error  MISSING_TRANSITION_TARGET: Missing 'Next'");
    expect(stdout).toContain('bad.asl.json:3:19  error  ');
    expect(stdout).toContain('3 files checked: 4 errors in 2 files, 0 warnings');
    const good = await steplight(['lint', '--json', '-'], CHARGE);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({ result: 'OK', files: [{ diagnostics: [] }] });
  });

  it('ends with 2 where nothing can be checked', async () => {
    expect(await steplight(['lint', 'nothing.json'])).toMatchObject({
      code: 2,
      stderr: 'steplight: no such file: nothing.json\n',
    });
    expect((await steplight(['lint', '--typ', 'x', 'good.asl.yaml'])).code).toBe(2);
  });
});

describe('steplight run', () => {
  it('runs a year in no time with a test case, and prints what happens', async () => {
    const definition = file('charge.asl.yaml', CHARGE);
    const mocks = file('mocks.json', MOCKS);
    const args = ['run', definition, '--mocks', mocks, '--input', '-'];
    const twice = await steplight([...args, '--test-case', 'Twice'], '{"a":1}');
    expect(twice).toMatchObject({ code: 0, stdout: '{"ok":true}\n' });
    expect(twice.stderr).toMatch(
      /\n +7 {2}365d 00:00:\S+ {2}TaskFailed +lambda:invoke Declined: no\n/,
    );
    expect(twice.stderr).toMatch(/\nSUCCEEDED after 365d 01:00:/);
    const never = await steplight([...args, '--test-case', 'Never', '--json'], '{}');
    expect(never.code).toBe(1);
    const lines = never.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'for good' });
    expect(lines[0]).toMatchObject({ type: 'ExecutionStarted', id: 1 });
    expect(await steplight([...args, '--test-case', 'Nope'], '{}')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no test case 'Nope'"),
    });
  });

  it('calls handlers in files; says which one is missing', async () => {
    const definition = file('charge.asl.yaml', CHARGE);
    file(
      'functions.mjs',
      'setInterval(() => undefined, 1e9); export const charge = async ({ a }) => ({ paid: a });',
    );
    const called = await steplight([
      ...['run', definition, '--input', '{"a":7}', '--quiet'],
      ...['--function', 'charge=functions.mjs#charge'],
    ]);
    expect(called).toMatchObject({ code: 0, stdout: '{"paid":7}\n' });
    const missing = await steplight(['run', definition, '--quiet']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('no handler for charge; --function charge=FILE.mjs');
  });

  it('ends with 3 on a timeout and with 4 where nobody can answer', async () => {
    const task = (more: object) => ({
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:us-east-1:000000000000:activity:a',
          End: true,
        },
      },
      ...more,
    });
    const late = await steplight(['run', file('late.json', task({ TimeoutSeconds: 99 }))]);
    expect(late.code).toBe(3);
    const stuck = await steplight(['run', file('stuck.json', task({}))]);
    expect(stuck.code).toBe(4);
    expect(stuck.stderr).toContain("the state 'A'. Mock it");
  });
});

describe('a server with a mock configuration', () => {
  const config = (answer: object) => ({
    StateMachines: { m: { TestCases: { T: { Work: 'R' } } } },
    MockedResponses: { R: answer },
  });

  it('does not start where the file is of no use, and says why', async () => {
    const args = ['start', '--ephemeral', '--port', '0', '--xray-port', '0', '--mock-config'];
    const broken = file('broken.json', config({ first: { Return: 1 } }));
    for (const [path, why] of [
      [broken, 'MockedResponses.R["first"]: the key must be the number of an attempt'],
      ['nowhere.json', 'nowhere.json: ENOENT'],
    ] as const) {
      const { code, stderr } = await steplight([...args, path]);
      expect(code).toBe(1);
      expect(stderr).toContain(why);
    }
  });

  it('keeps the test case of an execution over kill -9, and reads the file again', async () => {
    const path = file('changing.json', config({ '0': { Throw: { Error: 'E' } } }));
    const data = mkdtempSync(join(folder, 'data-'));
    let server = await startServer(data, ['--mock-config', path]);
    let sfn = new SFNClient(server.client);
    const definition = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage',
          Parameters: { QueueUrl: 'q', MessageBody: 'b' },
          Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 2 }],
          End: true,
        },
      },
    };
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: 'm',
        roleArn: 'arn:aws:iam::000000000000:role/r',
        definition: JSON.stringify(definition),
      }),
    );
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}#T`, name: 'same' }),
    );
    await expect(
      sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'same' })),
    ).rejects.toThrow('Execution Already Exists');
    await until('the first attempt', async () => {
      const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      return events!.find(({ type }) => type === 'TaskFailed');
    });
    await server.kill();
    file('changing.json', config({ '0': { Throw: { Error: 'E' } }, '1': { Return: 'again' } }));
    server = await startServer(data, ['--mock-config', path]);
    sfn = new SFNClient(server.client);
    const found = await outcomeOf(sfn, executionArn);
    expect(found).toMatchObject({ status: 'SUCCEEDED', output: '"again"' });
    file('changing.json', { StateMachines: {}, MockedResponses: {} });
    await expect(
      sfn.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}#T` })),
    ).rejects.toThrow("no test cases for the state machine 'm'; it has some for none");
    expect(await server.stop()).toBe(0);
  });
});

describe('a server with a mock configuration and a virtual clock', () => {
  let server: TestServer;
  let sfn: SFNClient;
  const roleArn = 'arn:aws:iam::000000000000:role/r';
  const create = async (name: string, definition: object, type: 'STANDARD' | 'EXPRESS') =>
    (
      await sfn.send(
        new CreateStateMachineCommand({
          name,
          roleArn,
          type,
          definition: JSON.stringify(definition),
        }),
      )
    ).stateMachineArn!;
  const start = async (stateMachineArn: string) =>
    (await sfn.send(new StartExecutionCommand({ stateMachineArn }))).executionArn!;
  const ended = (executionArn: string) => outcomeOf(sfn, executionArn);
  const history = async (executionArn: string) =>
    (await sfn.send(new GetExecutionHistoryCommand({ executionArn }))).events!;

  beforeAll(async () => {
    const mocks = file('server-mocks.json', {
      StateMachines: {
        m: { TestCases: { Good: { Work: 'Ok', Job: 'Job' }, Bad: { Work: 'Fails' } } },
        quick: { TestCases: { Good: { Work: 'Ok' } } },
      },
      MockedResponses: {
        Ok: { '0': { Return: { done: 1 } } },
        Job: { '0': { Return: { id: 2 } } },
        Fails: { '0': { Throw: { Error: 'E', Cause: 'c' } } },
      },
    });
    const data = mkdtempSync(join(folder, 'data-'));
    server = await startServer(data, ['--mock-config', mocks, '--clock', 'virtual']);
    sfn = new SFNClient(server.client);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('answers activities and jobs of the chosen test case; a year passes at once', async () => {
    const activity = await sfn.send(new CreateActivityCommand({ name: 'a' }));
    const machine = await create(
      'm',
      {
        StartAt: 'Work',
        States: {
          Work: { Type: 'Task', Resource: activity.activityArn, Next: 'Year' },
          Year: { Type: 'Wait', Seconds: YEAR_S, Next: 'Job' },
          Job: {
            Type: 'Task',
            QueryLanguage: 'JSONata',
            Resource: 'arn:aws:states:::batch:submitJob.sync',
            Arguments: { JobName: 'j', JobDefinition: 'd', JobQueue: 'q' },
            Output: '{% $states.result.id + 1 %}',
            End: true,
          },
        },
      },
      'STANDARD',
    );
    const began = Date.now();
    const good = await ended(await start(`${machine}#Good`));
    expect(good).toMatchObject({ status: 'SUCCEEDED', output: '3', stateMachineArn: machine });
    expect(good.stopDate!.getTime() - good.startDate!.getTime()).toBeGreaterThan(YEAR_S * 1000);
    // A year of the virtual clock, which is none of this one.
    expect(Date.now() - began).toBeLessThan(YEAR_S);
    const types = (await history(good.executionArn!)).map(({ type }) => type);
    expect(types).toContain('ActivitySucceeded');
    expect(types).toContain('TaskSubmitted');
    const bad = await ended(await start(`${machine}#Bad`));
    expect(bad).toMatchObject({ status: 'FAILED', error: 'E', cause: 'c' });
    await expect(start(`${machine}#Ugly`)).rejects.toThrow(
      "The state machine 'm' has no test case 'Ugly' in the mock configuration; it has 'Good', 'Bad'.",
    );
  });

  it('mocks synchronous Express executions, each from the first answer on', async () => {
    const definition = {
      StartAt: 'Work',
      States: { Work: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true } },
    };
    const machine = await create('quick', definition, 'EXPRESS');
    for (let i = 0; i < 2; i++) {
      const { output } = await sfn.send(
        new StartSyncExecutionCommand({ stateMachineArn: `${machine}#Good` }),
      );
      expect(output).toBe('{"done":1}');
    }
  });

  it('leaves others their time to answer before a timeout', async () => {
    const machine = await create(
      'callback',
      {
        StartAt: 'Ask',
        States: {
          Ask: {
            Type: 'Task',
            Resource: 'arn:aws:states:::states:startExecution.waitForTaskToken',
            Parameters: { 'StateMachineArn.$': '$.child', Input: { 'token.$': '$$.Task.Token' } },
            TimeoutSeconds: 3600,
            End: true,
          },
        },
      },
      'STANDARD',
    );
    const child = await create(
      'child',
      { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
      'STANDARD',
    );
    const begin = async () =>
      (
        await sfn.send(
          new StartExecutionCommand({ stateMachineArn: machine, input: JSON.stringify({ child }) }),
        )
      ).executionArn!;
    const answered = await begin();
    const taskToken = await until('the token', async () => {
      const found = (await history(answered)).find(({ type }) => type === 'TaskSubmitted');
      const scheduled =
        found && (await history(answered)).find(({ type }) => type === 'TaskScheduled');
      const parameters = scheduled?.taskScheduledEventDetails?.parameters;
      return parameters && (JSON.parse(parameters) as { Input: { token: string } }).Input.token;
    });
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
    expect(await ended(answered)).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    const late = await ended(await begin());
    expect(late).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});
