/** Journals of every format there has been, as this version reads them and goes on with them. */
import { describe, expect, it } from 'vitest';
import type { Flow, StateType } from '../../src/asl/machine.ts';
import { validateDefinition } from '../../src/asl/validate.ts';
import { countsOf, decideMapRun, newMapRun } from '../../src/execution/maprun.ts';
import type { HistoryRecord, RecordType } from '../../src/execution/record.ts';
import { plainState } from '../../src/execution/testing.ts';
import { unpackRecords } from '../../src/store/executions/journal.ts';
import {
  endOf,
  fold,
  type GoldenCommit,
  goOn,
  inputsOf,
  type Journal,
  journalNames,
  machineOf,
  plain,
  readJournal,
  recordsOf,
  viewsOf,
} from './journal.ts';

const names = journalNames();
const journals = names.map((name) => [name, readJournal(name)] as const);

/** How many commits of the journal there may have been when the version changed. */
const prefixesOf = ({ commits }: Journal): number[] => commits.map((_, index) => index);

/** What differs from what is expected, and from where on it was carried out again. */
async function differences(journal: Journal): Promise<string[]> {
  const { end, ...views } = journal.expected;
  const same = (one: unknown, other: unknown): boolean =>
    JSON.stringify(one) === JSON.stringify(other);
  const shown = viewsOf(journal, journal.commits);
  const found = Object.keys(views)
    .filter((view) => !same(shown[view as keyof typeof views], views[view as keyof typeof views]))
    .map((view) => `${view} of the whole`);
  const whole = plainState(fold(journal.facts, recordsOf(journal.commits)));
  for (const from of prefixesOf(journal)) {
    const { state, commits } = await goOn(journal, from);
    const { history, segments } = viewsOf(journal, commits);
    const add = (what: string): number => found.push(`${what} from commit ${from} on`);
    if (!same(history, views.history)) add('history');
    if (!same(segments, views.segments)) add('segments');
    if (!same(endOf(state, commits), end)) add('end');
    if (!same(plainState(state), whole)) add('state');
  }
  const { order, inputs } = journal.mapRun ?? {};
  if (order && !order.reader && !same(await inputsOf(journal, order.arn), inputs)) {
    found.push('inputs of the children');
  }
  return found;
}

describe.each(journals)('%s', (_, journal) => {
  it('is shown as it was', () => {
    const { end, ...views } = journal.expected;
    expect(viewsOf(journal, journal.commits)).toEqual(views);
    const state = fold(journal.facts, recordsOf(journal.commits));
    expect(endOf(state, journal.commits)).toEqual(end);
  });

  it('goes on from every commit to the same end', async () => {
    expect(await differences(journal)).toEqual([]);
  });
});

it.each(journals.filter(([, { rows }]) => rows))('%s is read from its bytes', (_, journal) => {
  const rows = journal.rows!.map((row) => unpackRecords(Buffer.from(row, 'base64')));
  expect(rows).toEqual(journal.commits.map(({ records }) => records));
  const first = new Set(journal.rows!.map((row) => Buffer.from(row, 'base64')[0] === 0x5b));
  expect(first).toEqual(new Set([true, false]));
});

describe.each(journals.filter(([, { mapRun }]) => mapRun))('the Map Run of %s', (_, journal) => {
  const { order, attempt, startedAt, steps, counts } = journal.mapRun!;

  it.each(steps.map((__, index) => index))('goes on from its signal %d', (from) => {
    let state = from === 0 ? newMapRun(order, attempt, startedAt) : steps[from - 1]!.state;
    for (const { at, signal } of steps.slice(from)) state = decideMapRun(state, signal, at);
    expect(plain(state)).toEqual(steps.at(-1)!.state);
    const { batched } = counts as { batched: boolean };
    expect(plain({ batched, ...countsOf(state, batched) })).toEqual(counts);
  });
});

/** True for every type there is. */
const RECORD_TYPES: { readonly [T in RecordType]: true } = {
  ExecutionStarted: true,
  ExecutionSucceeded: true,
  ExecutionFailed: true,
  ExecutionAborted: true,
  ExecutionTimedOut: true,
  ExecutionRedriven: true,
  continue: true,
  PassStateEntered: true,
  TaskStateEntered: true,
  ChoiceStateEntered: true,
  WaitStateEntered: true,
  SucceedStateEntered: true,
  FailStateEntered: true,
  ParallelStateEntered: true,
  MapStateEntered: true,
  PassStateExited: true,
  TaskStateExited: true,
  ChoiceStateExited: true,
  WaitStateExited: true,
  SucceedStateExited: true,
  ParallelStateExited: true,
  MapStateExited: true,
  EvaluationFailed: true,
  timerStarted: true,
  timerFired: true,
  TaskScheduled: true,
  LambdaFunctionScheduled: true,
  ActivityScheduled: true,
  TaskStarted: true,
  LambdaFunctionStarted: true,
  ActivityStarted: true,
  taskHeartbeat: true,
  TaskSubmitted: true,
  answerKept: true,
  TaskSucceeded: true,
  LambdaFunctionSucceeded: true,
  ActivitySucceeded: true,
  TaskFailed: true,
  TaskSubmitFailed: true,
  LambdaFunctionFailed: true,
  ActivityFailed: true,
  TaskTimedOut: true,
  LambdaFunctionTimedOut: true,
  ActivityTimedOut: true,
  TaskStateAborted: true,
  WaitStateAborted: true,
  ParallelStateStarted: true,
  ParallelStateSucceeded: true,
  ParallelStateFailed: true,
  ParallelStateAborted: true,
  MapStateStarted: true,
  MapStateSucceeded: true,
  MapStateFailed: true,
  MapStateAborted: true,
  MapIterationStarted: true,
  MapIterationSucceeded: true,
  MapIterationFailed: true,
  MapIterationAborted: true,
  MapRunStarted: true,
  MapRunRedriven: true,
  MapRunSucceeded: true,
  MapRunFailed: true,
  MapRunAborted: true,
  childrenClosed: true,
};

const STATE_TYPES: readonly StateType[] = [
  ...(['Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'] as const),
];

const flowsOf = (flow: Flow): Flow[] => [
  flow,
  ...[...flow.states.values()].flatMap((state) => {
    if (state.type === 'Map') return flowsOf(state.processor);
    return state.type === 'Parallel' ? state.branches.flatMap(flowsOf) : [];
  }),
];

describe('all journals together', () => {
  const records = journals.flatMap(([, { commits }]) => recordsOf(commits));

  it('have every type of record', () => {
    const found = new Set(records.map(({ type }) => type));
    expect([...found].sort()).toEqual(Object.keys(RECORD_TYPES).sort());
  });

  it('have every type of state, in both query languages, and every kind of execution', () => {
    const states = journals.flatMap(([, journal]) =>
      flowsOf(machineOf(journal)).flatMap((flow) => [...flow.states.values()]),
    );
    expect(new Set(states.map(({ type }) => type))).toEqual(new Set(STATE_TYPES));
    expect(new Set(states.map((state) => state.queryLanguage)).size).toBe(2);
    expect(new Set(journals.map(([, { facts }]) => facts.type)).size).toBe(2);
  });

  it.each(journals)('have definitions that are valid: %s', (_, journal) => {
    const { definition, facts, processor } = journal;
    const type = processor === undefined ? facts.type : 'STANDARD';
    const found = validateDefinition(JSON.stringify(definition), { type });
    expect(found.diagnostics.filter(({ severity }) => severity === 'ERROR')).toEqual([]);
  });
});

describe('a private field that has another name is noticed', () => {
  const fields = new Map<string, Set<Journal>>();
  for (const [, journal] of journals) {
    for (const { type, hidden } of recordsOf(journal.commits)) {
      for (const field of Object.keys(hidden ?? {})) {
        const name = `${type}.${field}`;
        fields.set(name, (fields.get(name) ?? new Set()).add(journal));
      }
    }
  }

  /** Written for whoever reads a journal; its scope says whose answer it is. */
  const NEVER_READ = ['answerKept.attempt'];

  it('where there are any', () => {
    expect(fields.size).toBeGreaterThan(30);
  });

  it.each([...fields])('%s', async (name, having) => {
    const [type, field] = name.split('.') as [string, string];
    const rename = (record: HistoryRecord): HistoryRecord => {
      const hidden: Readonly<Record<string, unknown>> = { ...record.hidden };
      if (record.type !== type || hidden[field] === undefined) return record;
      const { [field]: value, ...rest } = hidden;
      return { ...record, hidden: { ...rest, [`${field}X`]: value } } as HistoryRecord;
    };
    let noticed = false;
    for (const journal of having) {
      const commits: GoldenCommit[] = journal.commits.map((commit) => ({
        ...commit,
        records: commit.records.map(rename),
      }));
      const found = await differences({ ...journal, commits }).catch((error: Error) => [error]);
      noticed = found.length > 0;
      if (noticed) break;
    }
    expect(noticed).toBe(!NEVER_READ.includes(name));
  });
});
