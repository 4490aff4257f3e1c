/**
 * Servers that die at any write and come back: every item is worked on, counted once, and told. The
 * seed of a failure is in its message.
 */

import { expect, test } from 'vitest';
import { Random } from '../../../../sim/random.ts';
import { wrapped } from '../../../../test/support/wrapped-database.ts';
import type { Database } from '../../../store/database.ts';
import { sqlMapRunStore } from '../../../store/mapruns/sql.ts';
import type { MapRunStore } from '../../../store/mapruns/store.ts';
import { TestObjects } from '../../items/testing.ts';
import { context, definition, openDatabase, ROLE, statesWorld } from '../../states/testing.ts';
import { ManualClock, settle } from '../testing.ts';

const SEEDS = Number(process.env.STEPLIGHT_SEEDS ?? 40);
const LIVES_MAX = 400;
const ITEMS = 25;
const never = (): Promise<never> => new Promise(() => undefined);

class Mortal {
  readonly death: Promise<void>;
  #die!: () => void;
  dead = false;
  #writes: number;

  constructor(writes: number) {
    this.#writes = writes;
    this.death = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  die(): Promise<never> {
    this.dead = true;
    this.#die();
    return never();
  }

  /** Dies at the last of its writes: before it, or after it and before anybody hears of it. */
  database(shared: Database, before: boolean): Database {
    return wrapped(shared, {
      read: (sql, params) => (this.dead ? never() : shared.read(sql, params)),
      write: async (unit) => {
        if (this.dead) return never();
        if (--this.#writes > 0) return shared.write(unit);
        if (!before) await shared.write(unit);
        return this.die();
      },
    });
  }
}

interface Program {
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly reads: boolean;
  readonly batched: boolean;
  readonly exported: boolean;
  readonly failing: boolean;
  readonly concurrency: number;
  /** Stopped after so many steps of a life; 0 = never. */
  readonly stopAfter: number;
}

const ITEM = { 'v.$': '$$.Map.Item.Value', 'all.$': '$.tag' };

function machineOf(program: Program): string {
  const { type, reads, batched, exported, failing, concurrency } = program;
  const states = {
    A: { Type: 'Pass', Next: 'W' },
    W: { Type: 'Wait', Seconds: 1, Next: failing && !batched ? 'C' : 'B' },
    C: {
      Type: 'Choice',
      Choices: [{ Variable: '$.v', NumericEquals: 7, Next: 'F' }],
      Default: 'B',
    },
    F: { Type: 'Fail', Error: 'E' },
    B: { Type: 'Pass', End: true },
  };
  const { C, F, ...good } = states;
  const ItemReader = {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL', MaxItems: ITEMS },
    Parameters: { Bucket: 'in', Key: 'k' },
  };
  const ResultWriter = {
    Resource: 'arn:aws:states:::s3:putObject',
    Parameters: { Bucket: 'out' },
    WriterConfig: { Transformation: 'COMPACT' },
  };
  return definition({
    M: {
      Type: 'Map',
      MaxConcurrency: concurrency,
      ToleratedFailureCount: 3,
      ItemSelector: ITEM,
      ...(reads ? { ItemReader } : { ItemsPath: '$.items' }),
      ...(batched && { ItemBatcher: { MaxItemsPerBatch: 4 } }),
      ...(exported && { ResultWriter }),
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type },
        StartAt: 'A',
        States: failing && !batched ? states : good,
      },
      End: true,
    },
  });
}

async function live(seed: number): Promise<void> {
  const chances = new Random(seed, 'map runs');
  const random = (end: number): number => chances.below(end);
  const program: Program = {
    type: random(3) === 0 ? 'EXPRESS' : 'STANDARD',
    reads: random(2) === 0,
    batched: random(3) === 0,
    exported: random(3) === 0,
    failing: random(2) === 0,
    concurrency: [0, 1, 3, 10][random(4)]!,
    stopAfter: [0, 0, 3, 8][random(4)]!,
  };
  const shared = await openDatabase();
  const objects = new TestObjects();
  const items = Array.from({ length: ITEMS }, (_, i) => i);
  objects.put('in', 'k', [...items, 98, 99].join('\n'));
  const input = JSON.stringify({ tag: 't', items });
  let now = 1_700_000_000_000;
  let executionArn: string | undefined;
  for (let epoch = 1; epoch <= LIVES_MAX; epoch++) {
    // The first life begins the execution; later ones are short, until one may go on for long.
    const writes = epoch === 1 ? 6 + random(40) : epoch > 15 ? 100_000 : 2 + random(14);
    const mortal = new Mortal(writes);
    const clock = new ManualClock(now);
    const database = mortal.database(shared, random(2) === 0);
    const alive = statesWorld({ database, clock, epoch, objects });
    const world = await Promise.race([alive, mortal.death]);
    if (!world) continue;
    const { handlers: sfn, mapRuns } = world;
    if (!executionArn) {
      const machine = { name: 'm', definition: machineOf(program), roleArn: ROLE };
      const created = sfn.CreateStateMachine(machine, context);
      const made = await Promise.race([created, mortal.death]);
      if (!made) continue;
      const { stateMachineArn } = made;
      const started = sfn.StartExecution({ stateMachineArn, input, name: 'e' }, context);
      executionArn = stateMachineArn!.replace(':stateMachine:m', ':execution:m:e');
      await Promise.race([started, mortal.death]);
    }
    for (let ticks = 0; !mortal.dead; ticks++) {
      await settle();
      if (mortal.dead) break;
      const head = await Promise.race([
        sfn.DescribeExecution({ executionArn }, context),
        mortal.death,
      ]);
      if (!head || mortal.dead) break;
      if (head.status !== 'RUNNING' && mapRuns.size === 0) {
        const store = sqlMapRunStore(shared);
        if (head.status === 'ABORTED') return verifyAborted(world, store, executionArn!);
        return verify(program, world, store, objects, executionArn!, head.output);
      }
      if (head.status === 'RUNNING' && ticks > 0 && ticks === program.stopAfter) {
        const stopped = sfn.StopExecution({ executionArn }, context);
        await Promise.race([stopped, mortal.death]);
      }
      if (ticks > 3_000) throw new Error(`it does not end: ${JSON.stringify(program)}`);
      clock.tick();
    }
    now = clock.now() + random(3) * 400;
    expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  }
  throw new Error('it does not end');
}

/** Every child that was ever begun has ended and is counted. */
async function verifyAborted(
  { handlers: sfn, executions }: Awaited<ReturnType<typeof statesWorld>>,
  store: MapRunStore,
  executionArn: string,
): Promise<void> {
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  const [listed] = mapRuns!;
  if (!listed) return;
  const { mapRunArn } = listed;
  const described = await sfn.DescribeMapRun({ mapRunArn: mapRunArn! }, context);
  expect(described.status).toBe('ABORTED');
  const children = await executions.children(mapRunArn!, 0, 1_000);
  const count = (status: string) => children.filter((one) => one.status === status).length;
  expect(described.executionCounts).toMatchObject({
    running: 0,
    succeeded: count('SUCCEEDED'),
    failed: count('FAILED'),
    aborted: count('ABORTED'),
  });
  expect(count('RUNNING')).toBe(0);
  const run = await store.byArn(mapRunArn!);
  expect(await store.endings(run!.id)).toEqual([]);
}

async function verify(
  program: Program,
  { handlers: sfn, executions }: Awaited<ReturnType<typeof statesWorld>>,
  store: MapRunStore,
  objects: TestObjects,
  executionArn: string,
  output: string | undefined,
): Promise<void> {
  const { mapRuns } = await sfn.ListMapRuns({ executionArn }, context);
  expect(mapRuns).toHaveLength(1);
  const { mapRunArn } = mapRuns![0]!;
  const failed = program.failing && !program.batched ? 1 : 0;
  const described = await sfn.DescribeMapRun({ mapRunArn }, context);
  const total = { items: ITEMS, executions: program.batched ? Math.ceil(ITEMS / 4) : ITEMS };
  const counts = { failed, running: 0, pending: 0, aborted: 0, timedOut: 0 };
  expect(described).toMatchObject({
    status: 'SUCCEEDED',
    itemCounts: { ...counts, succeeded: total.items - failed, total: total.items },
    executionCounts: { ...counts, succeeded: total.executions - failed, total: total.executions },
  });
  const children = await executions.children(mapRunArn!, 0, 1_000);
  const numbers = children.map(({ mapItem }) => mapItem!.index).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: total.executions }, (_, i) => i));
  const run = await store.byArn(mapRunArn!);
  expect(await store.endings(run!.id)).toEqual([]);
  const { ResultWriterDetails: details } = JSON.parse(output!);
  const results: unknown = details
    ? JSON.parse(
        objects.text('out', details.Key.replace('manifest.json', 'SUCCEEDED_0.json')) as string,
      )
    : JSON.parse(output!);
  const values = (results as { v?: number; Items?: { v: number }[] }[]).flatMap((one) =>
    one.Items ? one.Items.map(({ v }) => v) : [one.v],
  );
  const expected = Array.from({ length: ITEMS }, (_, i) => i).filter((i) => !failed || i !== 7);
  if (details) values.sort((a, b) => a! - b!);
  expect(values).toEqual(expected);
}

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))('seed %i', async (seed) => {
  await live(seed);
});

test('children beyond the stored cursor count when their execution has stopped meanwhile', async () => {
  const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };
  for (const caught of [false, true]) {
    const shared = await openDatabase();
    // A process whose Map Runs never get anything written, although their children do.
    const database = wrapped(shared, {
      write: (unit) =>
        unit.statements[0]!.sql.startsWith('UPDATE map_run') ? never() : shared.write(unit),
    });
    const first = await statesWorld({ database });
    const processor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      ...wait,
    };
    const ResultWriter = {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: 'out' },
    };
    const map = { Type: 'Map', ItemProcessor: processor, ResultWriter, End: true };
    // Where a sibling fails and that is caught, the execution leaves the Map state for good, and
    // what its items were cannot be exported any more.
    const fail = {
      StartAt: 'S',
      States: { S: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail' } },
    };
    const beside = {
      P: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'M', States: { M: map } }, fail],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
        End: true,
      },
      Z: { Type: 'Succeed' },
    };
    const machine = {
      name: 'm',
      definition: definition(caught ? beside : { M: map }),
      roleArn: ROLE,
    };
    const { stateMachineArn } = await first.handlers.CreateStateMachine(machine, context);
    const input = JSON.stringify([1, 2, 3]);
    const { executionArn } = await first.handlers.StartExecution(
      { stateMachineArn, input },
      context,
    );
    await settle();
    await settle();
    if (caught) await first.clock.pass(1_000);
    else await first.handlers.StopExecution({ executionArn }, context);
    await settle();
    const { handlers, clock, executions, log } = await statesWorld({
      database: shared,
      clock: new ManualClock(first.clock.now()),
      epoch: 2,
    });
    await clock.pass(1_000);
    const { mapRuns } = await handlers.ListMapRuns({ executionArn }, context);
    const { mapRunArn } = mapRuns![0]!;
    const described = await handlers.DescribeMapRun({ mapRunArn }, context);
    expect(described).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 3, running: 0 },
      itemCounts: { aborted: 3, running: 0 },
    });
    const children = await executions.children(mapRunArn!, 0, 9);
    expect(children.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED', 'ABORTED']);
    expect(log.lines).toEqual([]);
  }
});
