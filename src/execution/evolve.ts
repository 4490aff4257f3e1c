/**
 * How one record changes an execution's state. Total over records that `decide` makes; records of
 * types that change nothing are passed over.
 */
import type { StateType } from '../asl/machine.ts';
import { byteLength, Doc, type JsonObject } from '../ground/json.ts';
import type { HistoryRecord, ScopePath } from './record.ts';
import {
  type Children,
  childPath,
  childScopes,
  type ExecutionState,
  newScope,
  type OpenState,
  parentPath,
  type Scope,
} from './state.ts';

/** Changes the state in place. */
export function evolve(state: ExecutionState, record: HistoryRecord): void {
  if (record.id > 0) state.nextId = record.id + 1;
  APPLY.get(record.type)?.(state, record);
}

type Apply = (state: ExecutionState, record: HistoryRecord) => void;

const detailsOf = (record: HistoryRecord): JsonObject => record.details as JsonObject;
const hiddenOf = (record: HistoryRecord): JsonObject => record.hidden as JsonObject;

function scopeOf(state: ExecutionState, path: ScopePath): Scope {
  return path === '' ? state.root : state.scopes.get(path)!;
}

const openOf = (state: ExecutionState, record: HistoryRecord): OpenState =>
  scopeOf(state, record.scope).current!;

/** The latest document where it has this text, so that its value need not be parsed again. */
function docOf(state: ExecutionState, text: string): Doc {
  if (state.memo.text !== text) state.memo = Doc.ofText(text);
  return state.memo;
}

const started: Apply = (state, record) => {
  state.status = 'RUNNING';
  state.input = docOf(state, detailsOf(record).input as string);
  state.deadline = hiddenOf(record).deadline as number;
  // States see the input re-serialised, whatever blanks the caller wrote.
  state.root.data = Doc.ofValue(state.input.value);
};

function closed(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT'): Apply {
  return (state) => {
    state.status = status;
    state.deadline = Number.POSITIVE_INFINITY;
  };
}

function entered(type: StateType): Apply {
  return (state, record) => {
    const scope = scopeOf(state, record.scope);
    const details = detailsOf(record);
    const input = docOf(state, details.input as string);
    scope.last = record.id;
    scope.data = input;
    scope.current = {
      type,
      name: details.name as string,
      enteredId: record.id,
      enteredPrevious: record.previousEventId,
      enteredAt: record.at,
      input,
      phase: 'entered',
      retryCount: 0,
      retries: NO_RETRIES,
      attempt: 0,
      due: undefined,
      task: undefined,
      children: undefined,
    };
  };
}

const NO_RETRIES: number[] = [];

const exited: Apply = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const details = detailsOf(record);
  if (scope.current!.children) dropChildren(state, scope);
  scope.current = undefined;
  scope.last = record.id;
  scope.data = docOf(state, details.output as string);
  if (details.assignedVariables) assign(state, scope, details.assignedVariables as JsonObject);
  if (record.hidden?.ends) end(state, scope);
};

function assign(state: ExecutionState, scope: Scope, assigned: JsonObject): void {
  scope.variables ??= new Map();
  scope.visible = undefined;
  for (const [name, text] of Object.entries(assigned)) {
    const before = scope.variables.get(name);
    if (before) state.variableBytes -= byteLength(before.text);
    scope.variables.set(name, Doc.ofText(text as string));
    state.variableBytes += byteLength(text as string);
  }
}

/** The scope is through; of a branch or iteration only the output stays. */
function end(state: ExecutionState, scope: Scope): void {
  scope.status = 'succeeded';
  if (!scope.parent) return;
  const outer = scope.parent.current!;
  outer.children!.outputs[scope.index] = scope.data;
  forget(state, scope);
  if (outer.type === 'Parallel') {
    outer.children!.succeeded++;
    scope.parent.last = scope.last;
  }
}

function forget(state: ExecutionState, scope: Scope): void {
  for (const text of scope.variables?.values() ?? []) state.variableBytes -= byteLength(text.text);
  state.scopes.delete(scope.path);
}

function dropChildren(state: ExecutionState, scope: Scope): void {
  for (const child of childScopes(state, scope)) {
    dropChildren(state, child);
    forget(state, child);
    child.status = 'aborted';
  }
}

const advance: Apply = (state, record) => {
  scopeOf(state, record.scope).last = record.id;
};

function scheduled(kind: 'integration' | 'lambda' | 'activity'): Apply {
  return (state, record) => {
    advance(state, record);
    const details = detailsOf(record);
    const hidden = hiddenOf(record);
    const open = openOf(state, record);
    open.phase = 'task';
    open.attempt = record.id;
    open.task = {
      kind,
      token: hidden.token as string | undefined,
      timeoutSeconds: details.timeoutInSeconds as number | undefined,
      heartbeatSeconds: (details.heartbeatInSeconds ?? hidden.heartbeatSeconds) as
        | number
        | undefined,
      startedAt: undefined,
      submitted: false,
      due: undefined,
      dueIsHeartbeat: false,
      kept: undefined,
    };
  };
}

const taskStarted: Apply = (state, record) => {
  advance(state, record);
  openOf(state, record).task!.startedAt = record.at;
  heartbeat(state, record);
};

const heartbeat: Apply = (state, record) => {
  const task = openOf(state, record).task!;
  const hidden = hiddenOf(record);
  task.due = hidden.due as number | undefined;
  task.dueIsHeartbeat = hidden.heartbeat === true;
};

const submitted: Apply = (state, record) => {
  advance(state, record);
  openOf(state, record).task!.submitted = true;
};

const answerKept: Apply = (state, record) => {
  const { failed, output, error, cause } = hiddenOf(record);
  openOf(state, record).task!.kept = {
    failed: failed as boolean,
    output: output as string | undefined,
    error: error as string | undefined,
    cause: cause as string | undefined,
  };
};

const settled: Apply = (state, record) => {
  advance(state, record);
  settle(openOf(state, record));
};

function settle(open: OpenState): void {
  open.phase = 'settled';
  open.attempt = 0;
  open.task = undefined;
}

const timerStarted: Apply = (state, record) => {
  const { attempt, due, retrier } = hiddenOf(record);
  const open = openOf(state, record);
  state.timers++;
  open.attempt = attempt as number;
  open.due = due as number;
  if (retrier === undefined) {
    open.phase = 'waiting';
    return;
  }
  open.phase = 'backoff';
  open.retryCount++;
  open.retries = [...open.retries];
  open.retries[retrier as number] = (open.retries[retrier as number] ?? 0) + 1;
};

const timerFired: Apply = (state, record) => {
  const open = openOf(state, record);
  open.attempt = 0;
  if (open.phase === 'waiting') {
    open.phase = 'settled';
  } else {
    open.phase = 'entered';
    open.due = undefined;
  }
};

const parallelStarted: Apply = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const hidden = hiddenOf(record);
  const total = hidden.branches as number;
  const input = effectiveInput(state, scope, hidden);
  begin(state, scope, record, newChildren(record.id, total, input, { next: total }));
  for (let i = 0; i < total; i++) {
    const path = childPath(scope, i);
    state.scopes.set(path, newScope(path, scope, i, record.id, input));
  }
};

const mapStarted: Apply = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const hidden = hiddenOf(record);
  const given = hidden.items === undefined ? undefined : docOf(state, hidden.items as string);
  const input = effectiveInput(state, scope, hidden);
  const children = newChildren(record.id, detailsOf(record).length as number, input, {
    items: given ?? input,
    keys: hidden.keys as string[] | undefined,
    concurrency: hidden.concurrency as number,
  });
  begin(state, scope, record, children);
};

function effectiveInput(state: ExecutionState, scope: Scope, hidden: JsonObject): Doc {
  return hidden.input === undefined ? scope.current!.input : docOf(state, hidden.input as string);
}

function newChildren(
  startedId: number,
  total: number,
  input: Doc,
  rest: Partial<Children>,
): Children {
  return {
    startedId,
    total,
    input,
    items: undefined,
    keys: undefined,
    concurrency: total,
    next: 0,
    running: 0,
    succeeded: 0,
    freed: undefined,
    outputs: [],
    ...rest,
  };
}

function begin(
  state: ExecutionState,
  scope: Scope,
  record: HistoryRecord,
  children: Children,
): void {
  dropChildren(state, scope);
  scope.current!.phase = 'children';
  scope.current!.children = children;
  scope.last = record.id;
}

const iterationStarted: Apply = (state, record) => {
  const parent = scopeOf(state, parentPath(record.scope));
  const children = parent.current!.children!;
  const index = detailsOf(record).index as number;
  const scope = newScope(record.scope, parent, index, record.id, children.input);
  state.scopes.set(record.scope, scope);
  children.next = index + 1;
  children.running++;
  children.freed = undefined;
};

const iterationSucceeded: Apply = (state, record) => {
  const parent = scopeOf(state, parentPath(record.scope));
  const children = parent.current!.children!;
  children.running--;
  children.succeeded++;
  children.freed = record.previousEventId;
  parent.last = record.id;
};

const childrenSucceeded: Apply = (state, record) => {
  settle(openOf(state, record));
};

const childrenClosed: Apply = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const hidden = hiddenOf(record);
  scope.last = hidden.last as number;
  settle(scope.current!);
  scope.current!.children!.running = 0;
  for (const child of childScopes(state, scope)) {
    close(state, child, child.index === hidden.failed ? 'failed' : 'aborted');
  }
};

function close(state: ExecutionState, scope: Scope, status: 'failed' | 'aborted'): void {
  if (scope.status !== 'open') return;
  scope.status = status;
  for (const child of childScopes(state, scope)) close(state, child, 'aborted');
}

/**
 * Everything that did not succeed is open again where it stopped: attempts and retry counters start
 * anew, a Wait keeps its due time, branches and iterations that ended well keep their output.
 */
const redriven: Apply = (state, record) => {
  state.status = 'RUNNING';
  state.redriveCount = detailsOf(record).redriveCount as number;
  state.redrivenAt = record.at;
  state.deadline = hiddenOf(record).deadline as number;
  reopen(state, state.root, record.id);
};

function reopen(state: ExecutionState, scope: Scope, last: number): void {
  scope.status = 'open';
  scope.last = last;
  const open = scope.current;
  if (!open) return;
  settle(open);
  open.retryCount = 0;
  open.retries = NO_RETRIES;
  open.phase = 'entered';
  if (open.type !== 'Wait') open.due = undefined;
  const { children } = open;
  if (!children || children.succeeded === children.total) return;
  const unfinished = childScopes(state, scope);
  open.phase = 'children';
  children.running = unfinished.length;
  children.freed = last;
  for (const child of unfinished) reopen(state, child, last);
}

const APPLY: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['ExecutionStarted', started],
  ['ExecutionSucceeded', closed('SUCCEEDED')],
  ['ExecutionFailed', closed('FAILED')],
  ['ExecutionAborted', closed('ABORTED')],
  ['ExecutionTimedOut', closed('TIMED_OUT')],
  ['ExecutionRedriven', redriven],
  ['PassStateEntered', entered('Pass')],
  ['TaskStateEntered', entered('Task')],
  ['ChoiceStateEntered', entered('Choice')],
  ['WaitStateEntered', entered('Wait')],
  ['SucceedStateEntered', entered('Succeed')],
  ['FailStateEntered', entered('Fail')],
  ['ParallelStateEntered', entered('Parallel')],
  ['MapStateEntered', entered('Map')],
  ['PassStateExited', exited],
  ['TaskStateExited', exited],
  ['ChoiceStateExited', exited],
  ['WaitStateExited', exited],
  ['SucceedStateExited', exited],
  ['ParallelStateExited', exited],
  ['MapStateExited', exited],
  ['EvaluationFailed', advance],
  ['TaskScheduled', scheduled('integration')],
  ['LambdaFunctionScheduled', scheduled('lambda')],
  ['ActivityScheduled', scheduled('activity')],
  ['TaskStarted', taskStarted],
  ['LambdaFunctionStarted', taskStarted],
  ['ActivityStarted', taskStarted],
  ['taskHeartbeat', heartbeat],
  ['TaskSubmitted', submitted],
  ['answerKept', answerKept],
  ['TaskSucceeded', settled],
  ['LambdaFunctionSucceeded', settled],
  ['ActivitySucceeded', settled],
  ['TaskFailed', settled],
  ['LambdaFunctionFailed', settled],
  ['ActivityFailed', settled],
  ['TaskTimedOut', settled],
  ['LambdaFunctionTimedOut', settled],
  ['ActivityTimedOut', settled],
  ['timerStarted', timerStarted],
  ['timerFired', timerFired],
  ['ParallelStateStarted', parallelStarted],
  ['ParallelStateSucceeded', childrenSucceeded],
  ['ParallelStateFailed', settled],
  ['MapStateStarted', mapStarted],
  ['MapStateSucceeded', childrenSucceeded],
  ['MapStateFailed', settled],
  ['MapIterationStarted', iterationStarted],
  ['MapIterationSucceeded', iterationSucceeded],
  ['childrenClosed', childrenClosed],
]);
