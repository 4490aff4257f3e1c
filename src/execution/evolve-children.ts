/** How records of branches and iterations change a state, and how a redrive reopens it. */
import { byteLength, type Doc } from '../ground/json.ts';
import { type Apply, type ApplyAny, docOf, NO_RETRIES, openOf, scopeOf, settle } from './apply.ts';
import type { RecordBase } from './record.ts';
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

/** The scope is through; of a branch or iteration only the output stays. */
export function end(state: ExecutionState, scope: Scope): void {
  scope.open = false;
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

export function dropChildren(state: ExecutionState, scope: Scope): void {
  for (const child of childScopes(state, scope)) {
    dropChildren(state, child);
    forget(state, child);
    child.open = false;
  }
}

export const parallelStarted: Apply<'ParallelStateStarted'> = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const { branches: total, input: own } = record.hidden;
  const input = effectiveInput(state, scope, own);
  begin(state, scope, record, newChildren(record.id, total, input, { next: total }));
  for (let i = 0; i < total; i++) {
    const path = childPath(scope, i);
    state.scopes.set(path, newScope(path, scope, i, record.id, input));
  }
};

export const mapStarted: Apply<'MapStateStarted'> = (state, record) => {
  const scope = scopeOf(state, record.scope);
  const { items, input: own, keys, concurrency } = record.hidden;
  const given = items === undefined ? undefined : docOf(state, items);
  const input = effectiveInput(state, scope, own);
  const children = newChildren(record.id, record.details.length, input, {
    items: given ?? input,
    keys,
    concurrency,
  });
  begin(state, scope, record, children);
};

function effectiveInput(state: ExecutionState, scope: Scope, own: string | undefined): Doc {
  return own === undefined ? scope.current!.input : docOf(state, own);
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
    mapRun: undefined,
    ...rest,
  };
}

function begin(state: ExecutionState, scope: Scope, record: RecordBase, children: Children): void {
  dropChildren(state, scope);
  scope.current!.phase = 'children';
  scope.current!.children = children;
  scope.last = record.id;
}

export const mapRunStarted: Apply<'MapRunStarted'> = (state, record) => {
  const open = runs(state, record);
  const arn = record.details.mapRunArn;
  open.children!.mapRun = { arn, redriveCount: 0, toRedrive: false, error: undefined };
};

export const mapRunRedriven: Apply<'MapRunRedriven'> = (state, record) => {
  const run = runs(state, record).children!.mapRun!;
  run.redriveCount = record.details.redriveCount;
  run.toRedrive = false;
  run.error = undefined;
};

function runs(state: ExecutionState, record: RecordBase): OpenState {
  const open = openOf(state, record);
  open.phase = 'mapRun';
  open.attempt = record.id;
  scopeOf(state, record.scope).last = record.id;
  return open;
}

export const mapRunFailed: Apply<'MapRunFailed'> = (state, record) => {
  const open = openOf(state, record);
  open.children!.mapRun!.error = record.details.error;
  settle(open);
  scopeOf(state, record.scope).last = record.id;
};

export const iterationStarted: Apply<'MapIterationStarted'> = (state, record) => {
  const parent = scopeOf(state, parentPath(record.scope));
  const children = parent.current!.children!;
  const { index } = record.details;
  const scope = newScope(record.scope, parent, index, record.id, children.input);
  state.scopes.set(record.scope, scope);
  children.next = index + 1;
  children.running++;
  children.freed = undefined;
};

export const iterationSucceeded: ApplyAny = (state, record) => {
  const parent = scopeOf(state, parentPath(record.scope));
  const children = parent.current!.children!;
  children.running--;
  children.succeeded++;
  children.freed = record.previousEventId;
  parent.last = record.id;
};

export const childrenSucceeded: ApplyAny = (state, record) => {
  settle(openOf(state, record));
};

export const childrenClosed: Apply<'childrenClosed'> = (state, record) => {
  const scope = scopeOf(state, record.scope);
  scope.last = record.hidden.last;
  settle(scope.current!);
  scope.current!.children!.running = 0;
  closeBelow(state, scope);
};

function closeBelow(state: ExecutionState, scope: Scope): void {
  for (const child of childScopes(state, scope)) {
    child.open = false;
    closeBelow(state, child);
  }
}

/** What a Map Run failed with so that a redrive begins a new one. Rule: developer guide, "Redrive". */
const STARTS_ANEW: ReadonlySet<string | undefined> = new Set([
  'States.DataLimitExceeded',
  'States.Runtime',
]);

/**
 * Everything that did not succeed is open again where it stopped: attempts and retry counters start
 * anew, a Wait keeps its due time, branches and iterations that ended well keep their output.
 */
export const redriven: Apply<'ExecutionRedriven'> = (state, record) => {
  state.status = 'RUNNING';
  state.redriveCount = record.details.redriveCount;
  state.redrivenAt = record.at;
  state.deadline = record.hidden.deadline;
  reopen(state, state.root, record.id);
};

function reopen(state: ExecutionState, scope: Scope, last: number): void {
  scope.open = true;
  scope.last = last;
  const open = scope.current;
  if (!open) return;
  settle(open);
  open.retryCount = 0;
  open.retries = NO_RETRIES;
  open.phase = 'entered';
  if (open.type !== 'Wait') open.due = undefined;
  const { children } = open;
  if (children?.mapRun) {
    children.mapRun.toRedrive = !STARTS_ANEW.has(children.mapRun.error);
    return;
  }
  if (!children || children.succeeded === children.total) return;
  const unfinished = childScopes(state, scope);
  open.phase = 'children';
  children.running = unfinished.length;
  for (const child of unfinished) reopen(state, child, last);
}
