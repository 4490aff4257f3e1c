/** How much memory a state takes, for caches that are bounded in bytes. An estimate. */
import type { Doc } from '../ground/json.ts';
import { detailsIn, type HistoryRecord } from './record.ts';
import type { ExecutionState, Scope } from './state.ts';

const STATE_BYTES = 1_500;
const SCOPE_BYTES = 500;
const RECORD_BYTES = 300;
/** A large state is measured again after this many events. */
const STALE_AFTER_EVENTS = 250;
const SMALL_SCOPES = 32;

/** Costs time only where the state is small, or has changed much since it was measured. */
export function approximateBytes(state: ExecutionState): number {
  const { size, nextId } = state;
  const fresh = size.bytes > 0 && nextId - size.nextId < STALE_AFTER_EVENTS;
  if (fresh && state.scopes.size > SMALL_SCOPES) return size.bytes;
  let bytes = STATE_BYTES + weigh(state.input) + 2 * state.variableBytes;
  for (const scope of state.scopes.values()) bytes += SCOPE_BYTES + scopeBytes(scope);
  state.size = { bytes, nextId };
  return bytes;
}

/** Rough size of a record in memory. */
export function recordBytes(record: HistoryRecord): number {
  let bytes = RECORD_BYTES;
  const details = detailsIn(record);
  for (const name in details) {
    const value = details[name];
    if (typeof value === 'string') bytes += 2 * value.length;
  }
  return bytes;
}

function scopeBytes(scope: Scope): number {
  let bytes = weigh(scope.data);
  const children = scope.current?.children;
  if (!children) return bytes;
  if (children.items) bytes += weigh(children.items);
  for (const output of children.outputs) if (output) bytes += weigh(output);
  return bytes;
}

/** A document may be there as text, as value, or both. */
const weigh = (doc: Doc): number => 3 * doc.text.length;
