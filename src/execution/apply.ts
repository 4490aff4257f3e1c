/** What the appliers of records share; see evolve.ts. */
import { Doc, type JsonObject } from '../ground/json.ts';
import type { HistoryRecord, ScopePath } from './record.ts';
import type { ExecutionState, OpenState, Scope } from './state.ts';

export type Apply = (state: ExecutionState, record: HistoryRecord) => void;

export const detailsOf = (record: HistoryRecord): JsonObject => record.details as JsonObject;
export const hiddenOf = (record: HistoryRecord): JsonObject => record.hidden as JsonObject;

export function scopeOf(state: ExecutionState, path: ScopePath): Scope {
  return path === '' ? state.root : state.scopes.get(path)!;
}

export const openOf = (state: ExecutionState, record: HistoryRecord): OpenState =>
  scopeOf(state, record.scope).current!;

/** The latest document where it has this text, so that its value need not be parsed again. */
export function docOf(state: ExecutionState, text: string): Doc {
  if (state.memo.text !== text) state.memo = Doc.ofText(text);
  return state.memo;
}

export const advance: Apply = (state, record) => {
  scopeOf(state, record.scope).last = record.id;
};

export function settle(open: OpenState): void {
  open.phase = 'settled';
  open.attempt = 0;
  open.task = undefined;
}

/** Shared by all states that were never retried; replaced, never changed. */
export const NO_RETRIES: number[] = [];
