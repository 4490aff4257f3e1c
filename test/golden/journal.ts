/**
 * A golden journal: one execution as it was stored, commit by commit, with the signals that made it
 * and what its views showed then. Reading, folding and going on with one; see journals/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMachine } from '../../src/asl/compile.ts';
import type { ExpressionRequest } from '../../src/asl/env.ts';
import { evaluateExpression } from '../../src/asl/evaluator.ts';
import type { Machine } from '../../src/asl/machine.ts';
import { processorMachine } from '../../src/asl/processor.ts';
import { systemTools } from '../../src/edge/system.ts';
import { type DecideOptions, decide } from '../../src/execution/decide.ts';
import { effectsOf } from '../../src/execution/effects.ts';
import { evolve } from '../../src/execution/evolve.ts';
import { historyEvent } from '../../src/execution/history.ts';
import { readRecords } from '../../src/execution/journal.ts';
import { AWS_LIMITS, type Limits } from '../../src/execution/limits.ts';
import { isLogged } from '../../src/execution/log-event.ts';
import type { MapRunSignal, MapRunState } from '../../src/execution/maprun.ts';
import type { MapRunOrder } from '../../src/execution/maprun-order.ts';
import { MockConfig } from '../../src/execution/mocks.ts';
import type { HistoryRecord } from '../../src/execution/record.ts';
import { redriveToken } from '../../src/execution/redrive.ts';
import { ExecutionSegments } from '../../src/execution/segments.ts';
import type { Signal } from '../../src/execution/signal.ts';
import {
  createState,
  type ExecutionFacts,
  type ExecutionState,
} from '../../src/execution/state.ts';
import type { Json } from '../../src/ground/json.ts';
import type { Instant } from '../../src/ground/time.ts';
import type { Tools } from '../../src/ground/tools.ts';
import { drive } from '../../src/service/engine/interpret.ts';
import { Subject } from '../../src/service/engine/mapruns/subject.ts';
import type { ExecutionHead } from '../../src/store/executions/store.ts';

export const FOLDER = join(import.meta.dirname, 'journals');

export interface Journal {
  /** What the journal is there for. */
  readonly about: string;
  readonly definition: object;
  /** Of a Map Run's child: the Map state whose processor it runs. */
  readonly processor?: string;
  readonly facts: ExecutionFacts;
  readonly trace: { readonly traceId: string; readonly parentId?: string };
  readonly options: JournalOptions;
  readonly commits: readonly GoldenCommit[];
  /** Rows of the journal as bytes in base64, where the file has them: a commit each. */
  readonly rows?: readonly string[];
  /** Of an execution that began a Map Run, and waited for it. */
  readonly mapRun?: GoldenMapRun;
  readonly expected: Expected;
}

interface JournalOptions {
  readonly budget?: DecideOptions['budget'];
  readonly limits?: Partial<Limits>;
  /** Mock configuration; `facts.testCase` names the case. */
  readonly mocks?: Json;
}

export interface GoldenCommit {
  /** Time of the decision. */
  readonly at: Instant;
  readonly signal: Signal;
  /** What chance came up with, in order. */
  readonly random: readonly number[];
  readonly uuids: readonly string[];
  /** As they are stored. */
  readonly records: readonly HistoryRecord[];
}

export interface GoldenMapRun {
  readonly order: MapRunOrder;
  readonly attempt: number;
  readonly startedAt: Instant;
  /** Each signal and the state after it, as it is stored. */
  readonly steps: readonly {
    readonly at: Instant;
    readonly signal: MapRunSignal;
    readonly state: MapRunState;
  }[];
  /** DescribeMapRun's numbers at the end. */
  readonly counts: Json;
  /** What its children are given, made of the items in the state's own data. */
  readonly inputs: readonly string[];
}

/** Views of the whole journal, as JSON. */
export interface Views {
  /** GetExecutionHistory. */
  readonly history: Json;
  /** X-Ray documents that are handed out after each commit. */
  readonly segments: Json;
  /** The work that the records ask for. */
  readonly effects: Json;
  /** Ids of the events that a log of the level has. */
  readonly logged: Json;
  readonly redriveTokens: Json;
}

interface Expected extends Views {
  readonly end: Json;
}

export const nameOf = (file: string): string => file.replace(/\.json$/, '');

export function journalNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map(nameOf);
}

export function readJournal(name: string): Journal {
  const journal = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Journal;
  for (const { records } of journal.commits) readRecords(records);
  return journal;
}

export function machineOf({ definition, processor }: Journal): Machine {
  const whole = compileMachine(JSON.stringify(definition));
  return processor === undefined ? whole : processorMachine(whole, processor);
}

export function decideOptions({ budget, limits, mocks }: JournalOptions): DecideOptions {
  const config = mocks === undefined ? undefined : new MockConfig(mocks);
  return {
    budget,
    limits: { ...AWS_LIMITS, ...limits },
    ...(config && {
      mocked: ({ machineName, testCase }, state) => config.mocks(machineName, testCase!, state),
    }),
  };
}

export const recordsOf = (commits: readonly GoldenCommit[]): HistoryRecord[] =>
  commits.flatMap(({ records }) => records);

export function fold(facts: ExecutionFacts, records: readonly HistoryRecord[]): ExecutionState {
  const state = createState(facts);
  for (const record of records) evolve(state, record);
  return state;
}

export function carryOut(
  machine: Machine,
  state: ExecutionState,
  signal: Signal,
  tools: Tools,
  options: DecideOptions,
): Promise<readonly HistoryRecord[]> {
  const decision = decide(machine, state, signal, tools, options);
  return drive(decision, (request) => evaluateExpression(request, tools));
}

/** Folds the first `from` commits and hears the signals of the others again. */
export async function goOn(
  journal: Journal,
  from: number,
): Promise<{ readonly state: ExecutionState; readonly commits: readonly GoldenCommit[] }> {
  const commits = journal.commits.slice(0, from);
  const state = fold(journal.facts, recordsOf(commits));
  const machine = machineOf(journal);
  const options = decideOptions(journal.options);
  for (const commit of journal.commits.slice(from)) {
    const tools = replayed(commit);
    const records = await carryOut(machine, state, commit.signal, tools, options);
    commits.push({ ...commit, records });
  }
  return { state, commits };
}

function replayed({ at, random, uuids }: GoldenCommit): Tools {
  const tape = <T>(values: readonly T[], what: string): (() => T) => {
    let used = 0;
    return () => {
      if (used === values.length) throw new Error(`more ${what} are drawn than were`);
      return values[used++]!;
    };
  };
  return {
    now: () => at,
    random: tape(random, 'random numbers'),
    uuid: tape(uuids, 'ids'),
    digest: systemTools.digest,
  };
}

export function viewsOf(
  { facts, trace }: Pick<Journal, 'facts' | 'trace'>,
  commits: readonly GoldenCommit[],
): Views {
  const records = recordsOf(commits);
  const shown = records.filter(({ id }) => id > 0);
  const { arn, machineArn, machineName } = facts;
  const traced = { arn, machineArn, machineName, redriveCount: 0, ...trace };
  const segments = new ExecutionSegments(traced, systemTools.digest);
  const handedOut = commits.map((commit) => {
    for (const record of commit.records) segments.add(record);
    return segments.flush();
  });
  const logged = (['ALL', 'ERROR', 'FATAL'] as const).map((level) => [
    level,
    records.filter(({ type }) => isLogged(type, level)).map(({ id }) => id),
  ]);
  return plain({
    history: shown.map((record) => historyEvent(record, { includeExecutionData: true })),
    segments: handedOut,
    effects: records.flatMap(effectsOf),
    logged: Object.fromEntries(logged),
    redriveTokens: records.flatMap((record) => redriveToken(record) ?? []),
  }) as unknown as Views;
}

/** What the children of the journal's first Map Run are given, made anew from what is stored. */
export async function inputsOf(journal: Journal, arn: string): Promise<readonly string[]> {
  const { facts, commits } = journal;
  const last = commits.findIndex(({ records }) =>
    records.some(({ type }) => type === 'MapRunStarted'),
  );
  const records = recordsOf(commits.slice(0, last + 1));
  const head = facts as unknown as ExecutionHead;
  const tools = replayed({ ...commits[last]!, random: [], uuids: [] });
  const deps = {
    executions: { load: async () => ({ head, records, work: [] }) },
    tools,
    evaluate: (request: ExpressionRequest) => evaluateExpression(request, tools),
    limits: AWS_LIMITS,
    machine: () => machineOf(journal),
  };
  const execution = { id: facts.id, arn: facts.arn, scope: '' };
  const subject = (await Subject.load(deps, { arn, execution }))!;
  const inputs: string[] = [];
  for await (const slice of subject.items.read(null)) {
    for (const { key, value } of slice) {
      inputs.push(await subject.inputOf({ index: inputs.length, key, value }));
    }
  }
  return inputs;
}

/** The execution's status and, where it has ended, how. */
export function endOf(state: ExecutionState, commits: readonly GoldenCommit[]): Json {
  const finish = recordsOf(commits)
    .flatMap(effectsOf)
    .findLast(({ type }) => type === 'finish');
  return plain({ status: state.status, ...(state.status !== 'RUNNING' && { finish }) });
}

/** As it comes back out of a store. */
export const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
