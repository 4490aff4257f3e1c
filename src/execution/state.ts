/**
 * What a running execution is: open scopes, their open states, variables and counters; never its
 * history. Exactly one engine owns an ExecutionState. `evolve` (evolve.ts) changes it in place and
 * nothing else does; folding all records into a fresh one gives the live state exactly.
 */
import type { StateType } from '../asl/machine.ts';
import { Doc, type Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { ExecutionStatus } from './effect.ts';
import type { ScopePath } from './record.ts';

/** What is known of an execution before its first record. An ExecutionHead has all of it. */
export interface ExecutionFacts {
  /** Internal number; part of every task token. */
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  /** Unqualified. */
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly region: string;
  readonly startedAt: Instant;
  readonly versionArn?: string | undefined;
  readonly aliasArn?: string | undefined;
  /** Of the mock configuration, that answers in place of some tasks. */
  readonly testCase?: string | undefined;
  /** Started by StartSyncExecution: its context object has no RedriveCount (recorded). */
  readonly synchronous?: boolean | undefined;
}

export interface ExecutionState {
  readonly facts: ExecutionFacts;
  /** Undefined until ExecutionStarted. */
  status: ExecutionStatus | undefined;
  /** Id of the next numbered record. */
  nextId: number;
  /** When the machine's TimeoutSeconds, or the service's limit, has passed. */
  deadline: Instant;
  input: Doc;
  redriveCount: number;
  redrivenAt: Instant | undefined;
  /** Timers started so far; the next one's name comes from it. */
  timers: number;
  /** Attempts so far of every state that a test case answers. */
  readonly mocked: Map<string, number>;
  /** Bytes of all variables together. */
  variableBytes: number;
  /** Rough size of the records so far, of Express executions only. */
  historyBytes: number;
  /** Every scope that has not succeeded, by path; those that failed stay for a redrive. */
  readonly scopes: Map<ScopePath, Scope>;
  readonly root: Scope;
  /** The latest document, so that the text in a record and the value behind it stay together. */
  memo: Doc;
  /** Cache of `approximateBytes`. */
  size: { bytes: number; nextId: number };
}

/** The execution itself, a branch or an iteration: a chain of states with its own variables. */
export interface Scope {
  readonly path: ScopePath;
  readonly parent: Scope | undefined;
  /** Number of the branch or iteration. */
  readonly index: number;
  /** False once it has ended, in whatever way. */
  open: boolean;
  /** Id of the latest event that the next one of this chain points at. */
  last: number;
  /** Input of the state to be entered; at the end the scope's output. */
  data: Doc;
  /** Own variables by name. */
  variables: Map<string, Doc> | undefined;
  /** Own and outer variables as expressions see them; made on first use. */
  visible: Readonly<Record<string, Json>> | undefined;
  current: OpenState | undefined;
}

/**
 * `entered`: to be executed. `waiting`: a Wait's timer. `task`: an attempt. `children`: branches or
 * iterations. `mapRun`: a Map Run. `backoff`: a retry's timer. `settled`: the work has its outcome.
 */
type Phase = 'entered' | 'waiting' | 'task' | 'children' | 'mapRun' | 'backoff' | 'settled';

export interface OpenState {
  readonly type: StateType;
  readonly name: string;
  readonly enteredId: number;
  /** previousEventId of the …StateEntered event. */
  readonly enteredPrevious: number;
  readonly enteredAt: Instant;
  readonly input: Doc;
  phase: Phase;
  /** Retries so far, as `$$.State.RetryCount` shows them. */
  retryCount: number;
  /** Retries by retrier, in the order of the definition. */
  retries: number[];
  /** Names the pending attempt or Map Run (an event id) or timer (below 0); 0: there is none. */
  attempt: number;
  /** When the pending timer is due. */
  due: Instant | undefined;
  task: OpenTask | undefined;
  children: Children | undefined;
}

export interface OpenTask {
  readonly kind: 'lambda' | 'activity' | 'integration';
  readonly token: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  startedAt: Instant | undefined;
  submitted: boolean;
  /** The attempt's next deadline, and whether it is the heartbeat's. */
  due: Instant | undefined;
  dueIsHeartbeat: boolean;
  /** An answer that came before the request was known to be accepted. */
  kept: Answer | undefined;
}

export interface Answer {
  readonly output?: string | undefined;
  /** True: `error` and `cause` count, and may both be absent. */
  readonly failed: boolean;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The branches of a Parallel or the iterations of a Map, of the latest attempt. */
export interface Children {
  /** Id of the …StateStarted event. */
  readonly startedId: number;
  readonly total: number;
  /** Input of every branch; the Map's effective input. */
  readonly input: Doc;
  /** Array of the items, of a Map only. */
  readonly items: Doc | undefined;
  /** Keys beside the items where the Map iterates over an object. */
  readonly keys: readonly string[] | undefined;
  readonly concurrency: number;
  /** Index of the next one to be started. */
  next: number;
  running: number;
  succeeded: number;
  /** Last event inside an iteration that has ended and whose place nobody has taken yet. */
  freed: number | undefined;
  readonly outputs: (Doc | undefined)[];
  /** Of a distributed Map: its latest Map Run. */
  mapRun: OpenMapRun | undefined;
}

export interface OpenMapRun {
  readonly arn: string;
  redriveCount: number;
  /** A redrive of the execution is to go on with it, not to begin another. */
  toRedrive: boolean;
  /** What it failed with. */
  error: string | undefined;
}

/** The state of an execution that has not begun. */
export function createState(facts: ExecutionFacts): ExecutionState {
  const empty = Doc.ofText('null');
  const root = newScope('', undefined, 0, 0, empty);
  return {
    facts,
    status: undefined,
    nextId: 1,
    deadline: Number.POSITIVE_INFINITY,
    input: empty,
    redriveCount: 0,
    redrivenAt: undefined,
    timers: 0,
    mocked: new Map(),
    variableBytes: 0,
    historyBytes: 0,
    scopes: new Map([['', root]]),
    root,
    memo: empty,
    size: { bytes: 0, nextId: 0 },
  };
}

export function newScope(
  path: ScopePath,
  parent: Scope | undefined,
  index: number,
  last: number,
  data: Doc,
): Scope {
  return {
    path,
    parent,
    index,
    open: true,
    last,
    data,
    variables: undefined,
    visible: undefined,
    current: undefined,
  };
}

/** Path of a branch or iteration of the state that the scope has open. */
export function childPath(scope: Scope, index: number): ScopePath {
  return `${scope.path}/${scope.current!.enteredId}.${index}`;
}

/** Path of the scope around this one; the execution itself has none. */
export function parentPath(path: ScopePath): ScopePath {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The scope's branches or iterations that have not succeeded, in order. */
export function childScopes(state: ExecutionState, scope: Scope): Scope[] {
  const children = scope.current?.children;
  if (!children) return [];
  const found: Scope[] = [];
  for (let i = 0; i < children.next; i++) {
    const child = state.scopes.get(childPath(scope, i));
    if (child) found.push(child);
  }
  return found;
}

/** The attempt's open state, or undefined where scope, attempt or execution is over. */
export function openTask(
  state: ExecutionState,
  scope: ScopePath,
  attempt: number,
): (OpenState & { readonly task: OpenTask }) | undefined {
  const found = openPhase(state, scope, attempt, 'task');
  return found?.task ? (found as OpenState & { readonly task: OpenTask }) : undefined;
}

/** The open Map state that waits for this Map Run. */
export function openMapRun(
  state: ExecutionState,
  scope: ScopePath,
  attempt: number,
): OpenState | undefined {
  return openPhase(state, scope, attempt, 'mapRun');
}

/** The open state that waits for this timer, a Wait's or a retry's. */
export function openTimer(
  state: ExecutionState,
  scope: ScopePath,
  attempt: number,
): OpenState | undefined {
  return openPhase(state, scope, attempt, 'waiting') ?? openPhase(state, scope, attempt, 'backoff');
}

function openPhase(
  state: ExecutionState,
  path: ScopePath,
  attempt: number,
  phase: Phase,
): OpenState | undefined {
  if (state.status !== 'RUNNING') return undefined;
  const scope = state.scopes.get(path);
  const current = scope?.open ? scope.current : undefined;
  return current?.phase === phase && current.attempt === attempt ? current : undefined;
}

/** True where the scope can go on without anything from outside. */
export function isRunnable(scope: Scope): boolean {
  if (!scope.open) return false;
  const { current } = scope;
  if (!current) return true;
  if (current.phase === 'entered') return true;
  return current.phase === 'children' && (allSucceeded(current) || canStartMore(current.children!));
}

/** True where every branch or iteration has its output. */
export function allSucceeded(open: OpenState): boolean {
  return open.children !== undefined && open.children.succeeded === open.children.total;
}

/** True where another iteration has both an item and a place. */
export function canStartMore(children: Children): boolean {
  return children.next < children.total && children.running < children.concurrency;
}
