/**
 * What must hold of every execution after every commit, one function for each. They see the stored
 * truth alone, and what engines hold in memory beside it.
 */

import { evolve } from '../src/execution/evolve.ts';
import { pending } from '../src/execution/pending.ts';
import { type HistoryRecord, isEntered } from '../src/execution/record.ts';
import { createState, type ExecutionState } from '../src/execution/state.ts';
import { plainState } from '../src/execution/testing.ts';
import type { JsonObject } from '../src/ground/json.ts';
import type { ExecutionHead, WorkRow } from '../src/store/executions/store.ts';
import { attemptOf } from './attempt.ts';
import { isDefect } from './marks.ts';

export interface Stored {
  readonly head: ExecutionHead;
  readonly records: readonly HistoryRecord[];
  readonly work: readonly WorkRow[];
  /** Of the journal's rows. */
  readonly seqs: readonly number[];
  /** Of the definition that it began with. */
  readonly stateNames: ReadonlySet<string>;
}

export interface Held {
  readonly head: ExecutionHead;
  readonly state: ExecutionState;
}

const TERMINAL = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
const SCHEDULED = /^(Task|LambdaFunction|Activity)Scheduled$/;
const OUTCOME = /^(Task|LambdaFunction|Activity)(Succeeded|(Submit)?Failed|TimedOut)$/;

export function fold(stored: Stored): ExecutionState {
  const state = createState(stored.head);
  for (const record of stored.records) evolve(state, record);
  return state;
}

/** Every rule that is broken, in words. */
export function violations(stored: Stored, held: readonly Held[]): string[] {
  // An Express execution's history is nowhere but in memory.
  if (stored.head.type === 'EXPRESS') return expressIsMarked(stored);
  const state = fold(stored);
  return [
    ...seqHasNoHole(stored),
    ...eventsAreNumbered(stored),
    ...oneTerminalEventPerAttempt(stored),
    ...keepsItsDefinition(stored),
    ...tasksHaveOneOutcome(stored),
    ...closedWaitsForNothing(stored),
    ...runningWaits(stored, state),
    ...headAgrees(stored, state),
    ...memoryAgrees(stored, state, held),
  ];
}

function seqHasNoHole({ head, seqs }: Stored): string[] {
  const expected = Array.from({ length: head.seq }, (_, i) => i + 1);
  return seqs.join() === expected.join() ? [] : [`journal has the numbers ${seqs.join()}`];
}

function eventsAreNumbered({ records }: Stored): string[] {
  const found: string[] = [];
  let next = 1;
  for (const { id, previousEventId, type } of records) {
    if (id === 0) continue;
    if (id !== next++) found.push(`event ${id} ${type} where ${next - 1} was expected`);
    if (previousEventId >= id) found.push(`event ${id} follows ${previousEventId}`);
  }
  return found;
}

/** Every attempt ends once, unsuccessfully where a redrive follows; nothing else comes after. */
function oneTerminalEventPerAttempt({ head, records }: Stored): string[] {
  const found: string[] = [];
  let end: HistoryRecord | undefined;
  let redrives = 0;
  for (const record of records) {
    if (record.id === 0) continue;
    const { id, type, details } = record;
    const redriven = type === 'ExecutionRedriven';
    if (redriven) redrives++;
    if (redriven && details?.redriveCount !== redrives) {
      found.push(`event ${id} is redrive ${details?.redriveCount}, not ${redrives}`);
    }
    const mayFollow = redriven && end && end.type !== 'ExecutionSucceeded';
    if (end ? !mayFollow : redriven) found.push(`event ${id} ${type} after ${end?.type}`);
    end = TERMINAL.test(type) ? record : undefined;
  }
  const closed = head.status !== 'RUNNING';
  if (closed !== (end !== undefined)) found.push(`a ${head.status} execution ends ${end?.type}`);
  if (head.redriveCount !== redrives) {
    found.push(`the head counts ${head.redriveCount} redrives, not ${redrives}`);
  }
  return found;
}

/** Whatever becomes of the state machine meanwhile. */
function keepsItsDefinition({ records, stateNames }: Stored): string[] {
  return records
    .filter(isEntered)
    .filter(({ details }) => !stateNames.has(details.name))
    .map(({ details }) => `state ${details.name} is not in its definition`);
}

/** The mark says that it goes on after a crash. */
function expressIsMarked({ head, work }: Stored): string[] {
  const marks = head.status === 'RUNNING' ? 1 : 0;
  if (work.length === marks) return [];
  return [`a ${head.status} Express execution has ${work.length} rows`];
}

function tasksHaveOneOutcome({ records }: Stored): string[] {
  const outcomes = new Map<number, number>();
  for (const record of records) {
    const { type, id } = record;
    if (SCHEDULED.test(type)) outcomes.set(id, 0);
    if (!OUTCOME.test(type)) continue;
    const attempt = attemptOf(record)!;
    outcomes.set(attempt, (outcomes.get(attempt) ?? Number.NaN) + 1);
  }
  return [...outcomes]
    .filter(([, count]) => !(count <= 1))
    .map(([attempt, count]) => `attempt ${attempt} has ${count} outcomes`);
}

function closedWaitsForNothing({ head, work }: Stored): string[] {
  if (head.status === 'RUNNING' || work.length === 0) return [];
  return [`a ${head.status} execution waits for ${work.map(nameOf).join(', ')}`];
}

/** Said by others, and waiting to be heard. */
const TOLD = new Set(['childEnded', 'mapRunEnded']);

/** The rows are exactly what the state waits for. */
function runningWaits({ head, work }: Stored, state: ExecutionState): string[] {
  if (head.status !== 'RUNNING') return [];
  const wanted = new Set<string>(['executionDeadline 0 ']);
  const awaited = pending(state);
  for (const one of awaited) {
    if (one.kind === 'continue') wanted.add('continue 0 ');
    else wanted.add(`${one.kind} ${one.attempt} ${one.scope}`);
  }
  const there = new Set(work.filter(({ kind }) => !TOLD.has(kind)).map(nameOf));
  const missing = [...wanted].filter((name) => !there.has(name));
  const surplus = [...there].filter((name) => !wanted.has(name));
  const dues = awaited
    .filter((one) => one.kind !== 'continue')
    .flatMap(({ kind, attempt, scope, due }) => {
      const row = work.find((one) => nameOf(one) === `${kind} ${attempt} ${scope}`);
      return row && row.due !== due ? [`${nameOf(row)} is due ${row.due}, not ${due}`] : [];
    });
  return [
    ...(awaited.length === 0 ? ['a running execution waits for nothing'] : []),
    ...missing.map((name) => `no row for ${name}`),
    ...surplus.map((name) => `nobody waits for ${name}`),
    ...dues,
  ];
}

const nameOf = ({ kind, attempt, scope }: WorkRow): string => `${kind} ${attempt} ${scope}`;

function headAgrees({ head }: Stored, state: ExecutionState): string[] {
  return head.status === state.status ? [] : [`the head says ${head.status}, not ${state.status}`];
}

function memoryAgrees(stored: Stored, state: ExecutionState, held: readonly Held[]): string[] {
  const truth = shown(state);
  return held
    .filter(({ head }) => head.seq === stored.head.seq)
    .map((one) => shown(one.state))
    .filter((text) => text !== truth)
    .map((text) => `an engine holds another state than the journal tells:\n${text}\n${truth}`);
}

const shown = (state: ExecutionState): string =>
  JSON.stringify({ ...(plainState(state) as JsonObject), facts: null });

/**
 * A sibling that failed decides by its time what becomes of the others, and so do a defect and a
 * child of a Map Run that is redriven; such runs may differ.
 */
export function isComparable(records: readonly HistoryRecord[]): boolean {
  return !records.some(
    (record) =>
      isDefect(record) ||
      /Aborted$|(Parallel|Map)StateFailed|IterationFailed|MapRunRedriven/.test(record.type),
  );
}

/** Scopes' histories without what differs from run to run: ids, times, tokens. */
export function comparable(records: readonly HistoryRecord[]): string {
  const scopes = new Map<string, string[]>();
  const entered = new Map<number, string>();
  for (const record of records) {
    const { id, type, scope, details = {} } = record;
    if (id === 0) continue;
    if (isEntered(record)) entered.set(id, record.details.name);
    const place = scope.replace(/\/(\d+)\./g, (_, from) => `/${entered.get(Number(from))}.`);
    const lines = scopes.get(place) ?? [];
    lines.push(`${type} ${steady(JSON.stringify(details))}`);
    scopes.set(place, lines);
  }
  return JSON.stringify([...scopes].sort());
}

const VOLATILE: readonly RegExp[] = [
  /AQ[A-Za-z0-9+/]{20,}=*/g,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
  /\b1\d{12}\b/g,
  /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g,
  /Content-Length\W+\d+/g,
];

const steady = (text: string): string =>
  VOLATILE.reduce((shown, pattern) => shown.replace(pattern, '*'), text);
