/** What the appliers of records share; see evolve.ts. */
import { Doc } from '../ground/json.ts';
import type { RecordBase, RecordOf, RecordType, ScopePath } from './record.ts';
import type { ExecutionState, OpenState, Scope } from './state.ts';

/** How a record of the type changes the state, in place. */
export type Apply<T extends RecordType> = (state: ExecutionState, record: RecordOf<T>) => void;

/** The same for types whose own fields do not matter. */
export type ApplyAny = (state: ExecutionState, record: RecordBase) => void;

export function scopeOf(state: ExecutionState, path: ScopePath): Scope {
  return path === '' ? state.root : state.scopes.get(path)!;
}

export const openOf = (state: ExecutionState, { scope }: RecordBase): OpenState =>
  scopeOf(state, scope).current!;

/** The latest document where it has this text, so that its value need not be parsed again. */
export function docOf(state: ExecutionState, text: string): Doc {
  if (state.memo.text !== text) state.memo = Doc.ofText(text);
  return state.memo;
}

export const advance: ApplyAny = (state, record) => {
  scopeOf(state, record.scope).last = record.id;
};

export function settle(open: OpenState): void {
  open.phase = 'settled';
  open.attempt = 0;
  open.task = undefined;
}

/** Shared by all states that were never retried; replaced, never changed. */
export const NO_RETRIES: number[] = [];
