import { expect, test } from 'vitest';
import type { Apply } from './apply.ts';
import { readRecords, UnknownRecord } from './journal.ts';
import {
  type HistoryRecord,
  isPrivate,
  type PrivateType,
  payloadOf,
  type RecordOf,
  type RecordType,
} from './record.ts';
import { FACTS, LAMBDA, TestExecution } from './testing.ts';

type Table = { readonly [T in RecordType]: Apply<T> | null };

test('a table that forgets a type does not compile', () => {
  const forgetful = {} as Omit<Table, 'timerFired'>;
  // @ts-expect-error: timerFired is not there
  const table: Table = forgetful;
  expect(table).toBe(forgetful);
});

test('nor one in which a type reads the fields of another one', () => {
  const mixed = {} as Omit<Table, 'TaskFailed'> & { readonly TaskFailed: Apply<'timerStarted'> };
  // @ts-expect-error: TaskFailed has no due time
  const table: Table = mixed;
  expect(table).toBe(mixed);
});

test('a record knows its fields by its type', () => {
  const about = (record: HistoryRecord): unknown => {
    if (record.type === 'timerStarted') return record.hidden.due;
    if (record.type === 'TaskScheduled') return record.details.parameters;
    // @ts-expect-error: it has no payload
    if (record.type === 'childrenClosed') return record.details?.input;
    // @ts-expect-error: there is no such type
    return record.type === 'timerStopped';
  };
  const base = { id: 0, previousEventId: 0, at: FACTS.startedAt, scope: '' };
  expect(about({ ...base, type: 'timerStarted', hidden: { attempt: -1, due: 7 } })).toBe(7);
  expect(about({ ...base, type: 'continue' })).toBe(false);
});

test('types that AWS does not show begin with a small letter', () => {
  const hidden: readonly PrivateType[] = ['continue', 'timerStarted', 'taskHeartbeat'];
  expect(hidden.every(isPrivate)).toBe(true);
  expect(isPrivate('TaskStarted')).toBe(false);
});

test('the payload of a record is its input, output or parameters', () => {
  const definition = {
    StartAt: 'T',
    States: { T: { Type: 'Task', Resource: LAMBDA, End: true } },
  };
  const run = new TestExecution(definition).start({ a: 1 }).began().succeed({ b: 2 });
  expect(run.records.map(payloadOf)).toEqual([
    '{"a":1}',
    '{"a":1}',
    '{"a":1}',
    undefined,
    '{"b":2}',
    '{"b":2}',
    '{"b":2}',
  ]);
});

test('a journal with a type of a later version is not read', () => {
  const base = { id: 0, previousEventId: 0, at: FACTS.startedAt, scope: '' };
  const known: RecordOf<'timerFired'> = { ...base, type: 'timerFired', hidden: { attempt: -1 } };
  expect(readRecords([known])).toEqual([known]);
  for (const type of ['timerStopped', 'constructor', '__proto__']) {
    expect(() => readRecords([known, { ...base, type }])).toThrow(UnknownRecord);
  }
});
