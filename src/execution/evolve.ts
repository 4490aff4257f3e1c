/**
 * How one record changes an execution's state. Total over records that `decide` makes; records of
 * types that change nothing are passed over.
 */
import type { StateType } from '../asl/machine.ts';
import { byteLength, Doc, type JsonObject } from '../ground/json.ts';
import {
  type Apply,
  advance,
  detailsOf,
  docOf,
  hiddenOf,
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
import type { HistoryRecord } from './record.ts';
import { recordBytes } from './size.ts';
import type { ExecutionState, Scope } from './state.ts';

/** Changes the state in place. */
export function evolve(state: ExecutionState, record: HistoryRecord): void {
  if (record.id > 0) state.nextId = record.id + 1;
  if (state.facts.type === 'EXPRESS') state.historyBytes += recordBytes(record);
  APPLY.get(record.type)?.(state, record);
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

const settled: Apply = (state, record) => {
  advance(state, record);
  settle(openOf(state, record));
};

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
  ['TaskSubmitFailed', settled],
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
  ['MapRunStarted', mapRunStarted],
  ['MapRunRedriven', mapRunRedriven],
  ['MapRunSucceeded', childrenSucceeded],
  ['MapRunFailed', mapRunFailed],
  ['MapIterationStarted', iterationStarted],
  ['MapIterationSucceeded', iterationSucceeded],
  ['childrenClosed', childrenClosed],
]);
