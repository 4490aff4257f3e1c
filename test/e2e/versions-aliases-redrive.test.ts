/** Versions, aliases and redrive as the AWS SDK sees them, across restarts of a real server. */
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';

const ROLE = 'arn:aws:iam::000000000000:role/test';

let folder: ReturnType<typeof temporaryFolder>;
let server: TestServer;
let sfn: SFNClient;

async function boot(): Promise<void> {
  server = await startServer(folder.path);
  sfn = new SFNClient(server.client);
}

beforeEach(async () => {
  folder = temporaryFolder();
  await boot();
});

afterEach(async () => {
  sfn.destroy();
  await server.stop();
  folder.remove();
});

const definition = (states: object): string =>
  JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
const pass = (n: number): string => definition({ P: { Type: 'Pass', Result: n, End: true } });

async function ended(executionArn: string) {
  return until('the end of the execution', async () => {
    const told = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return told.status === 'RUNNING' ? undefined : told;
  });
}

async function run(stateMachineArn: string) {
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  return ended(executionArn!);
}

test('aliases route by weight to versions, and outlive a crash', async () => {
  const input = { name: 'routed', definition: pass(1), roleArn: ROLE, publish: true };
  const first = await sfn.send(new CreateStateMachineCommand(input));
  const stateMachineArn = first.stateMachineArn!;
  const second = await sfn.send(
    new UpdateStateMachineCommand({ stateMachineArn, definition: pass(2), publish: true }),
  );
  const [one, two] = [first.stateMachineVersionArn!, second.stateMachineVersionArn!];
  const { stateMachineAliasArn } = await sfn.send(
    new CreateStateMachineAliasCommand({
      name: 'PROD',
      routingConfiguration: [
        { stateMachineVersionArn: one, weight: 50 },
        { stateMachineVersionArn: two, weight: 50 },
      ],
    }),
  );
  const outputs = new Map<string, string>();
  for (let n = 0; n < 40; n++) {
    const told = await run(stateMachineAliasArn!);
    expect(told.stateMachineAliasArn).toBe(stateMachineAliasArn);
    outputs.set(told.stateMachineVersionArn!, told.output!);
  }
  expect(Object.fromEntries(outputs)).toEqual({ [one]: '1', [two]: '2' });

  await sfn.send(
    new UpdateStateMachineAliasCommand({
      stateMachineAliasArn,
      routingConfiguration: [{ stateMachineVersionArn: two, weight: 100 }],
    }),
  );
  await server.kill();
  await boot();
  expect((await run(stateMachineAliasArn!)).output).toBe('2');
  const { stateMachineAliases } = await sfn.send(
    new ListStateMachineAliasesCommand({ stateMachineArn }),
  );
  expect(stateMachineAliases).toMatchObject([{ stateMachineAliasArn }]);
  await expect(
    sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: two })),
  ).rejects.toMatchObject({ name: 'ConflictException' });
  await sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: one }));
  const { stateMachineVersions } = await sfn.send(
    new ListStateMachineVersionsCommand({ stateMachineArn }),
  );
  expect(stateMachineVersions!.map((version) => version.stateMachineVersionArn)).toEqual([two]);
  await expect(run(one)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});

test('a redriven execution goes on where it stopped, after a crash too, in one trace', async () => {
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'redriven',
      definition: definition({
        First: { Type: 'Pass', Result: 'kept', Next: 'Pause' },
        Pause: { Type: 'Wait', Seconds: 4, Next: 'Last' },
        Last: { Type: 'Pass', End: true },
      }),
      roleArn: ROLE,
      tracingConfiguration: { enabled: true },
    }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: 'Execution is RUNNING and cannot be redriven',
  });
  await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'for now' }));
  const redrive = new RedriveExecutionCommand({ executionArn, clientToken: 'once' });
  const { redriveDate } = await sfn.send(redrive);
  const running = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(running).toMatchObject({ status: 'RUNNING', redriveCount: 1, redriveDate });
  expect([running.error, running.cause, running.stopDate]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  await server.kill();
  await boot();
  expect((await sfn.send(redrive)).redriveDate).toEqual(redriveDate);
  const told = await ended(executionArn!);
  expect(told).toMatchObject({ status: 'SUCCEEDED', output: '"kept"', redriveCount: 1 });
  expect(told.stopDate!.getTime() - told.startDate!.getTime()).toBeGreaterThanOrEqual(4000);
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events!.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'WaitStateEntered',
    'ExecutionAborted',
    'ExecutionRedriven',
    'WaitStateExited',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
  const { executions } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, redriveFilter: 'REDRIVEN' }),
  );
  expect(executions).toMatchObject([{ executionArn, redriveCount: 1, redriveDate }]);
  expect(await segmentsOfTrace()).toEqual([
    { name: 'redriven', error: true, states: ['First', 'Pause'] },
    { name: 'redriven', error: undefined, states: ['Last', 'Pause'] },
  ]);
});

interface Document {
  readonly name: string;
  readonly start_time: number;
  readonly error?: boolean;
  readonly in_progress?: boolean;
  readonly subsegments?: readonly Document[];
}

/** Both attempts, the first one first. */
async function segmentsOfTrace() {
  const xray = new XRayClient(server.client);
  try {
    return await until('both segments', async () => {
      const EndTime = new Date(Date.now() + 60_000);
      const StartTime = new Date(Date.now() - 600_000);
      const { TraceSummaries } = await xray.send(
        new GetTraceSummariesCommand({ StartTime, EndTime }),
      );
      const TraceIds = TraceSummaries!.map(({ Id }) => Id!);
      if (TraceIds.length === 0) return undefined;
      const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds }));
      const documents = Traces!.flatMap(({ Segments }) =>
        Segments!.map(({ Document }) => JSON.parse(Document!) as Document),
      );
      const done = documents.filter(({ name, in_progress }) => name === 'redriven' && !in_progress);
      if (done.length < 2) return undefined;
      return done
        .sort((a, b) => a.start_time - b.start_time)
        .map(({ name, error, subsegments }) => ({
          name,
          error,
          states: subsegments!.map((state) => state.name).sort(),
        }));
    });
  } finally {
    xray.destroy();
  }
}
