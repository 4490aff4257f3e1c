import { expect, test } from 'vitest';
import { AWS_LIMITS } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import { ManualClock, settle, testLog, testTools } from '../engine/testing.ts';
import { context, definition, ROLE, statesWorld } from '../states/testing.ts';
import { EventBus } from './bus.ts';
import { type BusEvent, statusChanges } from './event.ts';
import { EVENT_PAYLOAD_BYTES_MAX, QUEUE_EVENTS_MAX } from './limits.ts';
import { eventProjector } from './projector.ts';

const { digest } = testTools(new ManualClock());
const deps = { digest, limits: AWS_LIMITS };
const ARN = 'arn:aws:states:us-east-1:000000000000';
const START = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const head = (more: Partial<ExecutionHead> = {}) =>
  ({
    account: '000000000000',
    region: 'us-east-1',
    arn: `${ARN}:execution:m:e`,
    name: 'e',
    machineArn: `${ARN}:stateMachine:m`,
    machineName: 'm',
    type: 'STANDARD',
    input: '{"a":1}',
    startedAt: START,
    redriveCount: 0,
    ...more,
  }) as ExecutionHead;

const record = (type: string, id: number, details?: object, hidden?: object) =>
  ({ type, id, at: START + id * 1000, scope: '', details, hidden }) as HistoryRecord;
const started = record('ExecutionStarted', 1, {});

test('a start looks as EventBridge has it', () => {
  expect(statusChanges(deps, head({ versionArn: 'v', aliasArn: 'a' }), [started])).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '000000000000',
      time: '2026-01-02T03:04:05Z',
      region: 'us-east-1',
      resources: [`${ARN}:execution:m:e`],
      detail: {
        executionArn: `${ARN}:execution:m:e`,
        stateMachineArn: `${ARN}:stateMachine:m`,
        name: 'e',
        status: 'RUNNING',
        startDate: START,
        stopDate: null,
        input: '{"a":1}',
        output: null,
        stateMachineVersionArn: 'v',
        stateMachineAliasArn: 'a',
        redriveCount: 0,
        redriveDate: null,
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
        inputDetails: { included: true },
        outputDetails: null,
        error: null,
        cause: null,
      },
    },
  ]);
});

test('ends, redrives and what can be redriven', () => {
  const failed = { error: 'E', cause: 'C' };
  const records = [
    started,
    record('PassStateEntered', 2, { name: 'P' }),
    record('ExecutionFailed', 3, failed),
    record('ExecutionRedriven', 4, { redriveCount: 1 }, { deadline: 1 }),
    record('ExecutionSucceeded', 5, { output: '7' }),
  ];
  const all = statusChanges(deps, head({ redriveCount: 1, redrivenAt: START + 4000 }), records);
  const shown = all.map(({ detail: d }) => [d.status, d.stopDate, d.redriveCount, d.redriveDate]);
  expect(shown).toEqual([
    ['RUNNING', null, 0, null],
    ['FAILED', START + 3000, 0, null],
    ['RUNNING', null, 1, START + 4000],
    ['SUCCEEDED', START + 5000, 1, START + 4000],
  ]);
  expect(all[1]!.detail).toMatchObject({
    ...failed,
    redriveStatus: 'REDRIVABLE',
    redriveStatusReason: null,
  });
  expect(all[3]!.detail).toMatchObject({ output: '7', outputDetails: { included: true } });
  expect(new Set(all.map(({ id }) => id)).size).toBe(4);
  // Told in parts or again, an event is the same event.
  const later = head({ redriveCount: 1, redrivenAt: START + 4000 });
  expect(statusChanges(deps, later, records.slice(4))).toEqual(all.slice(3));

  const child = statusChanges(deps, head({ mapRunArn: 'run' }), records.slice(2, 3));
  expect(child[0]!.detail.redriveStatus).toBe('REDRIVABLE_BY_MAP_RUN');
  const timedOut = statusChanges(deps, head(), [record('ExecutionTimedOut', 9, failed)]);
  expect(timedOut[0]!.detail).toMatchObject({ status: 'TIMED_OUT', error: null, cause: null });
  const full = statusChanges(deps, head(), [record('ExecutionFailed', 25_000, failed)]);
  expect(full[0]!.detail).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution history event limit exceeded',
  });
});

test('input and output that are too large together, escaped, are left out', () => {
  const detail = (input: string, output: string) => {
    const end = record('ExecutionSucceeded', 2, { output });
    return statusChanges(deps, head({ input }), [end])[0]!.detail;
  };
  const text = (bytes: number) => 'x'.repeat(bytes);
  const half = EVENT_PAYLOAD_BYTES_MAX / 2;
  expect(detail(text(half), text(half))).toMatchObject({
    inputDetails: { included: true },
    outputDetails: { included: true },
  });
  expect(detail(text(half), text(half + 1))).toMatchObject({
    input: null,
    inputDetails: { included: false },
    output: text(half + 1),
  });
  // Every quotation mark counts twice.
  expect(detail('1', '"'.repeat(half + 1))).toMatchObject({
    inputDetails: { included: false },
    output: null,
    outputDetails: { included: false },
  });
});

const event = (n: number) => ({ id: `${n}`, detail: { status: n % 2 ? 'A' : 'B' } }) as never;

test('subscribers get what matches, in order, and one that throws goes on', async () => {
  const log = testLog();
  const bus = new EventBus(log);
  expect(bus.heard).toBe(false);
  const heard: string[] = [];
  const even = bus.subscribe(
    'even',
    ({ detail }) => detail.status === 'B',
    ({ id }) => void heard.push(id),
  );
  bus.subscribe(
    'broken',
    () => true,
    async ({ id }) => {
      if (id === '2') throw new Error('no');
      heard.push(`b${id}`);
    },
  );
  for (const n of [1, 2, 3, 4]) bus.publish(event(n));
  expect(heard).toEqual([]);
  await settle();
  expect(heard.filter((one) => !one.startsWith('b'))).toEqual(['2', '4']);
  expect(heard.filter((one) => one.startsWith('b'))).toEqual(['b1', 'b3', 'b4']);
  expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
    ['error', 'a subscriber failed'],
  ]);
  even.end();
  bus.publish(event(6));
  await settle();
  expect(heard).not.toContain('6');
  expect(bus.counts).toEqual({ subscribers: 1, published: 5, dropped: 0, failed: 1 });
});

test('a slow subscriber misses events; nobody waits for it', async () => {
  const log = testLog();
  const bus = new EventBus(log);
  let release = () => {};
  const heard: string[] = [];
  const slow = bus.subscribe(
    'slow',
    () => true,
    async ({ id }) => {
      heard.push(id);
      if (id === '0') await new Promise<void>((resolve) => (release = resolve));
    },
  );
  const fast: string[] = [];
  bus.subscribe(
    'fast',
    () => true,
    ({ id }) => void fast.push(id),
  );
  bus.publish(event(0));
  await settle();
  const sent = QUEUE_EVENTS_MAX + 10;
  for (let n = 1; n <= sent; n++) {
    bus.publish(event(n));
    await undefined;
    await undefined;
  }
  await settle();
  expect(fast).toHaveLength(sent + 1);
  expect(heard).toEqual(['0']);
  expect(slow.dropped).toBe(10);
  release();
  await settle();
  expect(heard).toHaveLength(QUEUE_EVENTS_MAX + 1);
  expect(log.lines).toEqual([
    expect.objectContaining({ level: 'warn', fields: { name: 'slow' } }),
    expect.objectContaining({ level: 'warn', fields: { name: 'slow', missed: 10 } }),
  ]);
  const large = { id: 'large', detail: { input: 'x'.repeat(17 * 1024 * 1024) } } as never;
  bus.publish(large);
  expect(slow.dropped).toBe(11);
});

/** A process that tells its events; another one on the same database takes over from it. */
async function tellingWorld(given: Parameters<typeof statesWorld>[0] = {}) {
  const bus = new EventBus(testLog());
  const told: BusEvent[] = [];
  const subscription = bus.subscribe(
    'test',
    () => true,
    (one) => void told.push(one),
  );
  const projectors = [eventProjector(bus, deps)];
  const world = await statesWorld({ ...given, projectors });
  return { ...world, told, subscription };
}

test('what executions do is told after its commit, and again after a crash', async () => {
  const first = await tellingWorld();
  const { handlers, database, clock, told } = first;
  const { stateMachineArn } = await handlers.CreateStateMachine(
    {
      name: 'm',
      roleArn: ROLE,
      definition: definition({ W: { Type: 'Wait', Seconds: 60, End: true } }),
    },
    context,
  );
  await handlers.StartExecution({ stateMachineArn, name: 'e', input: '{"a":1}' }, context);
  await settle();
  expect(told.map(({ detail }) => detail.status)).toEqual(['RUNNING']);
  // The process dies before it could note what it has told.
  clock.clear();
  const second = await tellingWorld({ database, clock, epoch: 2 });
  await settle();
  expect(second.told).toEqual(told);
  await second.clock.pass(60_000);
  expect(second.told.map(({ detail }) => detail.status)).toEqual(['RUNNING', 'SUCCEEDED']);
  // Noted: the next process has nothing to tell.
  await second.clock.pass(1_000);
  const third = await tellingWorld({ database, clock, epoch: 3 });
  await settle();
  expect(third.told).toEqual([]);
});

test('nothing is kept for nobody', async () => {
  const { handlers, database, clock, told, subscription } = await tellingWorld();
  subscription.end();
  const { stateMachineArn } = await handlers.CreateStateMachine(
    { name: 'm', roleArn: ROLE, definition: definition({ P: { Type: 'Pass', End: true } }) },
    context,
  );
  await handlers.StartExecution({ stateMachineArn }, context);
  await settle();
  clock.clear();
  const next = await tellingWorld({ database, clock, epoch: 2 });
  await settle();
  expect([...told, ...next.told]).toEqual([]);
});

test('Express executions tell nothing', async () => {
  const { handlers, told } = await tellingWorld();
  const { stateMachineArn } = await handlers.CreateStateMachine(
    {
      name: 'x',
      type: 'EXPRESS',
      roleArn: ROLE,
      definition: definition({ P: { Type: 'Pass', End: true } }),
    },
    context,
  );
  await handlers.StartSyncExecution({ stateMachineArn }, context);
  await settle();
  expect(told).toEqual([]);
});
