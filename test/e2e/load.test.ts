/** Many at once: exactly one where there must be one, all of them where there must be all. */
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';

const folder = temporaryFolder();
let server: TestServer;
let sfn: SFNClient;

beforeAll(async () => {
  server = await startServer(folder.path);
  sfn = new SFNClient({ ...server.client, requestHandler: { httpAgent: { maxSockets: 256 } } });
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  folder.remove();
});

async function machine(name: string, state: object, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { ...state, End: true } } });
  const given = { name, definition, roleArn: ROLE, type };
  return (await sfn.send(new CreateStateMachineCommand(given))).stateMachineArn!;
}

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

const nameOf = (error: { name: string }): string => error.name;

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

it('creates one execution of a name, whoever asks for it and however often', async () => {
  const stateMachineArn = await machine('one', { Type: 'Wait', Seconds: 3600 });
  const start = (name: string, input: string) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  const same = await times(500, () => start('same', '{"a":1}'));
  expect(new Set(same.map(({ startDate }) => startDate!.getTime())).size).toBe(1);
  const differing = await times(100, (index) =>
    start('differing', `${index % 2}`).then(() => 'started', nameOf),
  );
  expect(tally(differing)).toEqual({ started: 50, ExecutionAlreadyExists: 50 });
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions).toHaveLength(2);
});

it('lets one of many outcomes of a task count', async () => {
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: 'race' }));
  const stateMachineArn = await machine('race', { Type: 'Task', Resource: activityArn });
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  const { taskToken } = await sfn.send(new GetActivityTaskCommand({ activityArn }));
  const told = await times(40, (index) =>
    (index % 2
      ? sfn.send(new SendTaskSuccessCommand({ taskToken, output: `${index}` }))
      : sfn.send(new SendTaskFailureCommand({ taskToken, error: `${index}` }))
    ).then(() => `${index}`, nameOf),
  );
  const [first] = told.filter((one) => /^\d/.test(one));
  expect(tally(told)).toEqual({ [first!]: 1, TaskTimedOut: 39 });
  const { output, error } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(output ?? error).toBe(first);
});

it('gives each task of an activity to one of 100 waiting workers', async () => {
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: 'crowd' }));
  const stateMachineArn = await machine('crowd', { Type: 'Task', Resource: activityArn });
  const polls = times(100, () => sfn.send(new GetActivityTaskCommand({ activityArn })));
  const started = await times(100, (index) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn, input: `${index}` })),
  );
  const tasks = await polls;
  expect(new Set(tasks.map(({ taskToken }) => taskToken)).size).toBe(100);
  await Promise.all(
    tasks.map(({ taskToken, input }) =>
      sfn.send(new SendTaskSuccessCommand({ taskToken, output: input })),
    ),
  );
  const ends = await Promise.all(
    started.map(({ executionArn }) => sfn.send(new DescribeExecutionCommand({ executionArn }))),
  );
  expect(ends.map(({ output }) => output)).toEqual(ends.map((_, index) => `${index}`));
});

it('keeps thousands waiting, and stops them once each', async () => {
  const stateMachineArn = await machine('waiting', { Type: 'Wait', Seconds: 3600 });
  const started = await times(2_000, () =>
    sfn.send(new StartExecutionCommand({ stateMachineArn })),
  );
  const some = started.slice(0, 200).map(({ executionArn }) => executionArn);
  const stopped = await Promise.all(
    [...some, ...some].map((executionArn) =>
      sfn
        .send(new StopExecutionCommand({ executionArn }))
        .then(({ stopDate }) => [executionArn!, stopDate!.getTime()]),
    ),
  );
  expect(new Set(stopped.map((one) => one.join())).size).toBe(200);
  const statusFilter = 'ABORTED';
  const listed = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: 1000 }),
  );
  expect(listed.executions).toHaveLength(200);
});

it('answers 200 synchronous executions side by side', async () => {
  const stateMachineArn = await machine('sync', { Type: 'Wait', Seconds: 1 }, 'EXPRESS');
  const lasted = async (work: Promise<unknown>): Promise<number> => {
    const before = performance.now();
    await work;
    return performance.now() - before;
  };
  const alone = await lasted(sfn.send(new StartSyncExecutionCommand({ stateMachineArn })));
  const before = performance.now();
  const ends = await times(200, (index) =>
    sfn.send(new StartSyncExecutionCommand({ stateMachineArn, input: `${index}` })),
  );
  expect(ends.map(({ output }) => output)).toEqual(ends.map((_, index) => `${index}`));
  // One after the other they would take 200 times as long as one.
  expect((performance.now() - before) / alone).toBeLessThan(50);
});

it('pages through a history that grows, without gaps in either direction', async () => {
  const definition = JSON.stringify({
    StartAt: 'A',
    States: {
      A: { Type: 'Wait', Seconds: 0, Next: 'B' },
      B: {
        Type: 'Choice',
        Choices: [{ Variable: '$.never', IsPresent: true, Next: 'C' }],
        Default: 'A',
      },
      C: { Type: 'Succeed' },
    },
  });
  const given = { name: 'growing', definition, roleArn: ROLE };
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(given));
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  const page = (reverseOrder: boolean, nextToken?: string) =>
    sfn.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder, nextToken, maxResults: 40 }),
    );
  await until('some history', async () =>
    (await page(false)).nextToken === undefined ? undefined : true,
  );
  for (const reverse of [false, true]) {
    const ids: number[] = [];
    let token: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const { events, nextToken } = await page(reverse, token);
      for (const { id } of events!) ids.push(id!);
      token = nextToken;
      if (!token) break;
    }
    const step = reverse ? -1 : 1;
    expect(ids).toEqual(ids.map((_, index) => ids[0]! + step * index));
  }
  await sfn.send(new StopExecutionCommand({ executionArn }));
});
