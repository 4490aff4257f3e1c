/**
 * The examination of a FunctionStore.
 *
 * Implementations: SQL alone. Each verb is one statement or two, so an oracle would only say it
 * again, and what needs functions in a test opens a SQLite in the process.
 */
import { expect } from 'vitest';
import type { FunctionConfig, FunctionRecord } from '../../function/config.ts';
import { exercise, type Subject, type SuiteOptions } from '../suite.ts';
import type { AsyncEvent, FunctionStore } from './store.ts';

const place = { account: '000000000000', region: 'us-east-1' };
const elsewhere = { account: '000000000000', region: 'eu-west-1' };

const config: FunctionConfig = {
  runtime: 'nodejs20.x',
  role: 'arn:aws:iam::000000000000:role/r',
  handler: 'index.handler',
  description: 'ä "quoted" \u0000 text',
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: { A: '1' },
  tracing: 'Active',
  architecture: 'x86_64',
  ephemeralStorageMb: 512,
  logging: { format: 'Text', group: '/aws/lambda/f' },
  code: { kind: 'zip', hash: 'aa', sha256: 'qg==', sizeBytes: 1 },
  lastModified: 5,
  kept: { VpcConfig: { SubnetIds: ['s'] } },
};

const record = (more: Partial<FunctionRecord> = {}): FunctionRecord => ({
  place,
  name: 'f',
  revisionId: 'r1',
  config,
  tags: { k: 'v' },
  ...more,
});

const event = (more: Partial<AsyncEvent> = {}): AsyncEvent => ({
  requestId: 'e1',
  place,
  functionName: 'f',
  qualifier: undefined,
  payload: new Uint8Array([0, 1, 255]),
  receivedAt: 10,
  due: 10,
  epoch: 0,
  progress: { enqueuedAt: 11, attempts: [], throttles: 0, traceHeader: 'Root=1' },
  ...more,
});

const ids = (events: readonly AsyncEvent[]): string[] => events.map(({ requestId }) => requestId);

export function exerciseFunctionStore(
  name: string,
  newStore: () => Promise<Subject<FunctionStore>>,
  options: SuiteOptions = {},
): void {
  exercise(name, newStore, cases, options);
}

const cases = {
  async 'gives back what was created, in its place alone'(store: FunctionStore) {
    const made = record({ reservedConcurrency: 0 });
    expect(await store.create(made)).toBe(true);
    expect(await store.get(place, 'f')).toEqual(made);
    expect(await store.get(elsewhere, 'f')).toBeUndefined();
    expect(await store.create(record({ revisionId: 'r2' }))).toBe(false);
    expect(await store.get(place, 'f')).toEqual(made);
    expect(await store.create(record({ place: elsewhere }))).toBe(true);
  },

  async 'replaces only the revision it was told'(store: FunctionStore) {
    await store.create(record());
    const next = record({ revisionId: 'r2', tags: {} });
    expect(await store.replace('r0', next)).toBe(false);
    expect(await store.replace('r1', next)).toBe(true);
    expect(await store.get(place, 'f')).toEqual(next);
    expect(await store.replace('r2', { ...next, name: 'other' })).toBe(false);
  },

  async 'deletes a function with its events'(store: FunctionStore) {
    await store.create(record());
    await store.enqueue(event());
    await store.enqueue(event({ requestId: 'e2', functionName: 'g' }));
    expect(await store.delete(place, 'f')).toBe(true);
    expect(await store.delete(place, 'f')).toBe(false);
    expect(await store.get(place, 'f')).toBeUndefined();
    expect(ids(await store.due(100, 10))).toEqual(['e2']);
  },

  async 'lists by name in pages'(store: FunctionStore) {
    for (const name of ['b', 'B', 'a', 'ab']) await store.create(record({ name }));
    const names = async (after: string, limit: number): Promise<string[]> =>
      (await store.list(place, after, limit)).map((f) => f.name);
    expect(await names('', 3)).toEqual(['B', 'a', 'ab']);
    expect(await names('ab', 3)).toEqual(['b']);
    expect(await store.list(elsewhere, '', 3)).toEqual([]);
  },

  async 'sums what is reserved'(store: FunctionStore) {
    expect(await store.reserved(place, 'a')).toBe(0);
    await store.create(record({ name: 'a', reservedConcurrency: 5 }));
    await store.create(record({ name: 'b', reservedConcurrency: 7 }));
    await store.create(record({ name: 'c' }));
    expect(await store.reserved(place, 'a')).toBe(7);
    expect(await store.reserved(place, '')).toBe(12);
    expect(await store.reserved(elsewhere, '')).toBe(0);
  },

  async 'names the code that is used'(store: FunctionStore) {
    const of = (code: FunctionConfig['code']) => ({ config: { ...config, code } });
    await store.create(record({ name: 'a' }));
    await store.create(record({ name: 'b' }));
    await store.create(record({ name: 'c', ...of({ kind: 'folder', path: '/x' }) }));
    expect(await store.codeHashes()).toEqual(['aa']);
  },

  async 'keeps events until they are finished'(store: FunctionStore) {
    await store.enqueue(event({ qualifier: '$LATEST' }));
    await store.enqueue(event({ requestId: 'e2', due: 5 }));
    await store.enqueue(event({ requestId: 'e3', due: 30 }));
    expect(await store.nextDue()).toBe(5);
    const due = await store.due(20, 10);
    expect(ids(due)).toEqual(['e2', 'e1']);
    expect({ ...due[1], payload: [...due[1]!.payload] }).toEqual({
      ...event({ qualifier: '$LATEST' }),
      payload: [0, 1, 255],
    });
    expect(ids(await store.due(20, 1))).toEqual(['e2']);
    await store.finish('e2');
    expect(ids(await store.due(100, 10))).toEqual(['e1', 'e3']);
  },

  async 'lets one process run an event, and others find it when that one died'(
    store: FunctionStore,
  ) {
    await store.enqueue(event());
    await store.enqueue(event({ requestId: 'e2', epoch: 3 }));
    expect(await store.own('e1', 4)).toBe(true);
    expect(await store.own('e1', 5)).toBe(false);
    expect(await store.own('e2', 5)).toBe(false);
    expect(await store.due(100, 10)).toEqual([]);
    expect(await store.nextDue()).toBeUndefined();
    expect(ids(await store.lost([4], 10))).toEqual(['e2']);
    expect(ids(await store.lost([5], 10))).toEqual(['e1', 'e2']);
    expect(ids(await store.lost([5], 1))).toEqual(['e1']);
    expect(await store.lost([5, 4, 3], 10)).toEqual([]);
    expect(await store.own('e2', 5, 4)).toBe(false);
    expect(await store.own('e2', 5, 3)).toBe(true);
    expect(await store.own('e2', 6, 3)).toBe(false);
    const progress = { ...event().progress, throttles: 2 };
    await store.retry('e1', 50.2, progress);
    expect(await store.nextDue()).toBe(51);
    expect((await store.due(60, 10))[0]).toMatchObject({ epoch: 0, progress });
  },
};
