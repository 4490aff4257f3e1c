/** What emulators of Step Functions commonly get wrong: Map, inline and distributed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DescribeMapRunCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, one, type Run, sequence, Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const file = (key: string): string => join(bench.server.data, 'objects', 'bucket', key);
const object = (key: string): unknown => JSON.parse(readFileSync(file(key), 'utf8'));
function put(key: string, text: string): void {
  mkdirSync(dirname(file(key)), { recursive: true });
  writeFileSync(file(key), text);
}

const DISTRIBUTED = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
const ECHO = sequence({ I: { Type: 'Pass' } });

/** A distributed Map whose children do what `states` say. */
const distributed = (fields: object, processor: object = ECHO): object => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: DISTRIBUTED, ...processor },
  ...fields,
});

/** Ends well but for items that are odd numbers. */
const ODD = {
  StartAt: 'C',
  States: {
    C: {
      Type: 'Choice',
      Choices: [{ Or: [1, 3, 5].map((n) => ({ Variable: '$', NumericEquals: n })), Next: 'Odd' }],
      Default: 'Even',
    },
    Odd: { Type: 'Fail', Error: 'Odd', Cause: 'not even' },
    Even: { Type: 'Pass', End: true },
  },
};

async function mapRun({ executionArn }: Run) {
  const { mapRuns } = await bench.sfn.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns![0]!;
  return bench.sfn.send(new DescribeMapRunCommand({ mapRunArn }));
}

describe('items', () => {
  it('of an ItemReader come from there alone, and need no InputType in a listing', async () => {
    put('in/list.json', '[{"n":1},{"n":2}]');
    const reader = (Resource: string, Parameters: object, ReaderConfig?: object): object => ({
      Resource: `arn:aws:states:::s3:${Resource}`,
      Parameters: { Bucket: 'bucket', ...Parameters },
      ReaderConfig,
    });
    const told = await bench.run(
      sequence({
        M: distributed({
          ItemsPath: '$.nowhere',
          ItemReader: reader('getObject', { Key: 'in/list.json' }, { InputType: 'JSON' }),
        }),
      }),
      { nowhere: [7, 8, 9] },
    );
    expect(told.output).toEqual([{ n: 1 }, { n: 2 }]);
    expect(eventOf(told, 'MapStateStarted').mapStateStartedEventDetails).toEqual({ length: 0 });
    const listed = await bench.run(
      sequence({ M: distributed({ ItemReader: reader('listObjectsV2', { Prefix: 'in/' }) }) }),
    );
    expect(listed.output).toMatchObject([
      { Key: 'in/list.json', Size: 17, Etag: expect.any(String) },
    ]);
  });

  it('there may be none of', async () => {
    const told = await bench.run(one({ Type: 'Map', ItemProcessor: ECHO }), []);
    expect(told.output).toEqual([]);
    expect(told.chain.slice(2)).toEqual([
      '3<-2 MapStateStarted',
      '4<-3 MapStateSucceeded',
      '5<-3 MapStateExited',
      '6<-5 ExecutionSucceeded',
    ]);
    expect((await bench.run(one(distributed({})), [])).output).toEqual([]);
  });

  it('of an object are its keys and values', async () => {
    const told = await bench.run(one(distributed({})), { a: 1, b: 2 });
    expect(told.output).toEqual([
      { Key: 'a', Value: 1 },
      { Key: 'b', Value: 2 },
    ]);
  });

  it('in batches come with a BatchInput only where one is declared', async () => {
    const batches = async (more: object) =>
      (
        await bench.run(
          one(distributed({ ItemBatcher: { MaxItemsPerBatch: 2, ...more } })),
          [1, 2, 3],
        )
      ).output;
    expect(await batches({})).toEqual([{ Items: [1, 2] }, { Items: [3] }]);
    expect(await batches({ BatchInput: { a: 1 } })).toEqual([
      { BatchInput: { a: 1 }, Items: [1, 2] },
      { BatchInput: { a: 1 }, Items: [3] },
    ]);
  });
});

describe('a distributed Map', () => {
  it('has its own events, and its exit points at the start of its run', async () => {
    const told = await bench.run(one(distributed({})), [1, 2]);
    expect(told.chain).toEqual([
      '1<-0 ExecutionStarted',
      '2<-0 MapStateEntered',
      '3<-2 MapStateStarted',
      '4<-3 MapRunStarted',
      '5<-4 MapRunSucceeded',
      '6<-5 MapStateSucceeded',
      '7<-4 MapStateExited',
      '8<-7 ExecutionSucceeded',
    ]);
    expect(eventOf(told, 'MapStateStarted').mapStateStartedEventDetails).toEqual({ length: 2 });
  });

  it('tolerates failed items, not failed batches, and leaves no hole for them', async () => {
    const items = [0, 1, 2, 3, 4];
    const tolerated = await bench.run(one(distributed({ ToleratedFailureCount: 2 }, ODD)), items);
    expect(tolerated.output).toEqual([0, 2, 4]);
    expect((await mapRun(tolerated)).itemCounts).toMatchObject({
      succeeded: 3,
      failed: 2,
      total: 5,
    });
    const share = { ToleratedFailurePercentage: 39 };
    const failed = await bench.run(one(distributed(share, ODD)), items);
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: 'The specified tolerated failure threshold was exceeded',
    });
    const batched = { ItemBatcher: { MaxItemsPerBatch: 5 }, ToleratedFailureCount: 1 };
    const always = sequence({ F: { Type: 'Fail', Error: 'Mine' } });
    const batch = await bench.run(one(distributed(batched, always)), items);
    expect(batch).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });

  it('writes its results with a manifest, by how the items ended', async () => {
    const ResultWriter = {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: 'bucket', Prefix: 'out' },
    };
    const told = await bench.run(
      one(distributed({ ToleratedFailureCount: 2, ResultWriter }, ODD)),
      [0, 1, 2],
    );
    const { mapRunArn } = await mapRun(told);
    const Key = `out/${mapRunArn!.split(':').at(-1)}/manifest.json`;
    expect(told.output).toEqual({
      MapRunArn: mapRunArn,
      ResultWriterDetails: { Bucket: 'bucket', Key },
    });
    const manifest = object(Key) as Record<string, unknown>;
    const folder = dirname(Key);
    const named = (name: string): object => ({
      Key: `${folder}/${name}`,
      Size: readFileSync(file(`${folder}/${name}`)).length,
    });
    expect(manifest).toEqual({
      DestinationBucket: 'bucket',
      MapRunArn: mapRunArn,
      ResultFiles: {
        FAILED: [named('FAILED_0.json')],
        PENDING: [],
        SUCCEEDED: [named('SUCCEEDED_0.json')],
      },
    });
    expect(object(`${folder}/FAILED_0.json`)).toMatchObject([
      { Status: 'FAILED', Error: 'Odd', Cause: 'not even', Input: '1' },
    ]);
    expect(object(`${folder}/SUCCEEDED_0.json`)).toMatchObject([{ Output: '0' }, { Output: '2' }]);
    const stopped = await bench.run(
      one(distributed({ MaxConcurrency: 1, ResultWriter }, ODD)),
      [1, 0, 0],
    );
    const run = (await mapRun(stopped)).mapRunArn!.split(':').at(-1);
    expect(object(`out/${run}/PENDING_0.json`)).toMatchObject([{ Status: 'PENDING' }, {}]);
  });
});

describe('an inline Map', () => {
  const waiting = (MaxConcurrency: number): object =>
    one({
      Type: 'Map',
      MaxConcurrency,
      ItemProcessor: sequence({ W: { Type: 'Wait', SecondsPath: '$' } }),
    });

  it('runs all at once without a limit, and one by one with a limit of 1', async () => {
    for (const [limit, seconds] of [
      [0, 30],
      [1, 60],
      [2, 40],
    ] as const) {
      const told = await bench.run(waiting(limit), [10, 20, 30]);
      const at = (type: string): number => eventOf(told, type).timestamp!.getTime();
      const lasted = at('ExecutionSucceeded') - at('ExecutionStarted');
      expect(Math.round(lasted / 1000), `limit ${limit}`).toBe(seconds);
    }
  });

  it('begins all its iterations again when it is retried', async () => {
    const told = await bench.run(
      one({
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: ODD,
        Retry: [{ ErrorEquals: ['Odd'], MaxAttempts: 1 }],
      }),
      [0, 1],
    );
    const iterations = told.events.filter(({ type }) => type === 'MapIterationStarted');
    const indexes = iterations.map((one) => one.mapIterationStartedEventDetails!.index);
    expect(indexes).toEqual([0, 1, 0, 1]);
    expect(told).toMatchObject({ status: 'FAILED', error: 'Odd' });
    expect(told.types.filter((type) => type === 'MapStateFailed')).toHaveLength(1);
  });

  it('numbers the events of all iterations in one row, and begins at nothing', async () => {
    const nested = {
      Type: 'Map',
      ItemProcessor: sequence({
        P: { Type: 'Parallel', Branches: [ECHO, sequence({ W: { Type: 'Wait', Seconds: 3 } })] },
      }),
    };
    const told = await bench.run(sequence({ M: nested, After: { Type: 'Pass' } }), [1, 2, 3]);
    expect(told.events.map(({ id }) => id)).toEqual(told.events.map((_, i) => i + 1));
    expect(told.chain[1]).toBe('2<-0 MapStateEntered');
    for (const { id, previousEventId } of told.events) expect(previousEventId).toBeLessThan(id!);
  });
});
