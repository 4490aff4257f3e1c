/**
 * How one record changes an execution's state. Total over records that `decide` makes; `null` says
 * that a type changes nothing.
 */
import type { StateType } from '../asl/machine.ts';
import { byteLength, Doc } from '../ground/json.ts';
import {
  type Apply,
  type ApplyAny,
  advance,
  docOf,
  NO_RETRIES,
  openOf,
  scopeOf,
  settle,
} from './apply.ts';
import {
  childrenClosed,
  childrenSucceeded,
  dropChildren,
  end,
  iterationStarted,
  iterationSucceeded,
  mapRunFailed,
  mapRunRedriven,
  mapRunStarted,
  mapStarted,
  parallelStarted,
  redriven,
} from './evolve-children.ts';
import { answerKept, heartbeat, scheduled, submitted, taskStarted } from './evolve-task.ts';
import type { Assigned, HistoryRecord, RecordOf, RecordType } from './record.ts';
import { recordBytes } from './size.ts';
import type { ExecutionState, Scope } from './state.ts';

/** Changes the state in place. */
export function evolve(state: ExecutionState, record: HistoryRecord): void {
  if (record.id > 0) state.nextId = record.id + 1;
  if (state.facts.type === 'EXPRESS') state.historyBytes += recordBytes(record);
  apply(state, record);
}

/** True where records of the type can be applied. */
export const isKnown = (type: string): type is RecordType => Object.hasOwn(APPLY, type);

function apply<T extends RecordType>(state: ExecutionState, record: RecordOf<T>): void {
  APPLY[record.type]?.(state, record);
}

type EnteredType = Extract<RecordType, `${string}StateEntered`>;
type ExitedType = Extract<RecordType, `${string}StateExited`>;

const started: Apply<'ExecutionStarted'> = (state, { details, hidden }) => {
  state.status = 'RUNNING';
  state.input = docOf(state, details.input);
  state.deadline = hidden.deadline;
  // States see the input re-serialised, whatever blanks the caller wrote.
  state.root.data = Doc.ofValue(state.input.value);
};

function closed(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT'): ApplyAny {
  return (state) => {
    state.status = status;
    state.deadline = Number.POSITIVE_INFINITY;
  };
}

function entered(type: StateType): Apply<EnteredType> {
  return (state, record) => {
    const scope = scopeOf(state, record.scope);
    const { details } = record;
    const input = docOf(state, details.input);
    scope.last = record.id;
    scope.data = input;
    scope.current = {
      type,
      name: details.name,
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

const exited: Apply<ExitedType> = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const { details } = record;
  if (scope.current!.children) dropChildren(state, scope);
  scope.current = undefined;
  scope.last = record.id;
  scope.data = docOf(state, details.output);
  if (details.assignedVariables) assign(state, scope, details.assignedVariables);
  if (record.hidden?.ends) end(state, scope);
};

function assign(state: ExecutionState, scope: Scope, assigned: Assigned): void {
  scope.variables ??= new Map();
  scope.visible = undefined;
  for (const [name, text] of Object.entries(assigned)) {
    const before = scope.variables.get(name);
    if (before) state.variableBytes -= byteLength(before.text);
    scope.variables.set(name, Doc.ofText(text));
    state.variableBytes += byteLength(text);
  }
}

const settled: ApplyAny = (state, record) => {
  advance(state, record);
  settle(openOf(state, record));
};

const timerStarted: Apply<'timerStarted'> = (state, record) => {
  const { attempt, due, retrier } = record.hidden;
  const open = openOf(state, record);
  state.timers++;
  open.attempt = attempt;
  open.due = due;
  if (retrier === undefined) {
    open.phase = 'waiting';
    return;
  }
  open.phase = 'backoff';
  open.retryCount++;
  open.retries = [...open.retries];
  open.retries[retrier] = (open.retries[retrier] ?? 0) + 1;
};

const timerFired: ApplyAny = (state, record) => {
  const open = openOf(state, record);
  open.attempt = 0;
  if (open.phase === 'waiting') {
    open.phase = 'settled';
  } else {
    open.phase = 'entered';
    open.due = undefined;
  }
};

const APPLY: { readonly [T in RecordType]: Apply<T> | null } = {
  ExecutionStarted: started,
  ExecutionSucceeded: closed('SUCCEEDED'),
  ExecutionFailed: closed('FAILED'),
  ExecutionAborted: closed('ABORTED'),
  ExecutionTimedOut: closed('TIMED_OUT'),
  ExecutionRedriven: redriven,
  continue: null,
  PassStateEntered: entered('Pass'),
  TaskStateEntered: entered('Task'),
  ChoiceStateEntered: entered('Choice'),
  WaitStateEntered: entered('Wait'),
  SucceedStateEntered: entered('Succeed'),
  FailStateEntered: entered('Fail'),
  ParallelStateEntered: entered('Parallel'),
  MapStateEntered: entered('Map'),
  PassStateExited: exited,
  TaskStateExited: exited,
  ChoiceStateExited: exited,
  WaitStateExited: exited,
  SucceedStateExited: exited,
  ParallelStateExited: exited,
  MapStateExited: exited,
  EvaluationFailed: advance,
  TaskScheduled: scheduled('integration'),
  LambdaFunctionScheduled: scheduled('lambda'),
  ActivityScheduled: scheduled('activity'),
  TaskStarted: taskStarted,
  LambdaFunctionStarted: taskStarted,
  ActivityStarted: taskStarted,
  taskHeartbeat: heartbeat,
  TaskSubmitted: submitted,
  answerKept,
  TaskSucceeded: settled,
  LambdaFunctionSucceeded: settled,
  ActivitySucceeded: settled,
  TaskFailed: settled,
  TaskSubmitFailed: settled,
  LambdaFunctionFailed: settled,
  ActivityFailed: settled,
  TaskTimedOut: settled,
  LambdaFunctionTimedOut: settled,
  ActivityTimedOut: settled,
  timerStarted,
  timerFired,
  ParallelStateStarted: parallelStarted,
  ParallelStateSucceeded: childrenSucceeded,
  ParallelStateFailed: settled,
  MapStateStarted: mapStarted,
  MapStateSucceeded: childrenSucceeded,
  MapStateFailed: settled,
  MapRunStarted: mapRunStarted,
  MapRunRedriven: mapRunRedriven,
  MapRunSucceeded: childrenSucceeded,
  MapRunFailed: mapRunFailed,
  MapRunAborted: null,
  MapIterationStarted: iterationStarted,
  MapIterationSucceeded: iterationSucceeded,
  MapIterationFailed: null,
  MapIterationAborted: null,
  childrenClosed,
  TaskStateAborted: null,
  WaitStateAborted: null,
  ParallelStateAborted: null,
  MapStateAborted: null,
};
