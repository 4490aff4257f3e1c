/**
 * How an execution ends that a defect of this server keeps from going on: with an event that says
 * so, instead of staying open for ever.
 */
import { executionFailed, executionStarted } from '../../execution/event.ts';
import { CAUSE_LENGTH_MAX } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import { Fault } from '../../ground/fault.ts';
import { DatabaseError } from '../../store/database.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { Interpreter } from './interpret.ts';

/** False for what may be over when it is tried again: a database, a service or a system that says no. */
export function isDefect(error: unknown): boolean {
  if (error instanceof DatabaseError || error instanceof Fault) return false;
  return !(error instanceof Error && 'syscall' in error);
}

export function defectSignal(error: unknown): Extract<Signal, { type: 'Fail' }> {
  return { type: 'Fail', ...failureBy(error) };
}

/** What whoever asked is told. */
export const internalFailure = (): Fault =>
  new Fault('InternalFailure', 'Internal failure', { side: 'server' });

/** The last record of an execution whose state cannot be had, and the first where it has none. */
export function recordsWithoutState(
  interpreter: Pick<Interpreter, 'create' | 'now'>,
  head: ExecutionHead,
  lastEventId: number,
  error: unknown,
): HistoryRecord[] {
  const at = interpreter.now();
  const records: HistoryRecord[] = [];
  if (lastEventId === 0) {
    const { facts } = interpreter.create(head);
    const started = executionStarted(facts, head.input, head.startedAt);
    records.push({ ...started, id: 1, at });
  }
  const previousEventId = Math.max(lastEventId, 1);
  const failed = executionFailed(failureBy(error));
  return [...records, { ...failed, id: previousEventId + 1, previousEventId, at }];
}

/** What fails by a defect says. */
export function failureBy(error: unknown): { readonly error: string; readonly cause: string } {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const cause = `A defect of this server keeps the execution from going on. ${what}`;
  return { error: 'States.Runtime', cause: cause.slice(0, CAUSE_LENGTH_MAX) };
}
