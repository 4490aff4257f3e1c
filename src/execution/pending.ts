/**
 * What an execution waits for, read from its state. A RUNNING execution always waits for something;
 * its work rows and this list must agree.
 */
import type { Instant } from '../ground/time.ts';
import type { ScopePath } from './record.ts';
import { type ExecutionState, isRunnable } from './state.ts';

export type Awaited =
  | {
      readonly kind: 'task' | 'timer' | 'mapRun';
      readonly scope: ScopePath;
      readonly attempt: number;
      /** Of a timer, or of a task's next deadline. */
      readonly due: Instant | undefined;
    }
  /** Can go on by itself: the signal Continue. */
  | { readonly kind: 'continue'; readonly scope: ScopePath };

/** Empty for an execution that does not run. */
export function pending(state: ExecutionState): Awaited[] {
  if (state.status !== 'RUNNING') return [];
  const found: Awaited[] = [];
  for (const scope of state.scopes.values()) {
    if (!scope.open) continue;
    const { path, current } = scope;
    if (isRunnable(scope)) found.push({ kind: 'continue', scope: path });
    else if (current?.phase === 'task') {
      found.push({ kind: 'task', scope: path, attempt: current.attempt, due: current.task!.due });
    } else if (current?.phase === 'mapRun') {
      found.push({ kind: 'mapRun', scope: path, attempt: current.attempt, due: undefined });
    } else if (current?.phase === 'waiting' || current?.phase === 'backoff') {
      found.push({ kind: 'timer', scope: path, attempt: current.attempt, due: current.due });
    }
  }
  return found;
}
