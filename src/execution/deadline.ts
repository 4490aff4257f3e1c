/** When an execution times out. */
import type { Machine } from '../asl/machine.ts';
import type { Instant } from '../ground/time.ts';
import { EXPRESS_DURATION_MS_MAX, STANDARD_DURATION_MS_MAX } from './limits.ts';
import type { ExecutionFacts } from './state.ts';

/** `from`: the start, or the latest redrive, at which TimeoutSeconds begins anew. */
export function deadlineFrom(machine: Machine, facts: ExecutionFacts, from: Instant): Instant {
  const longest = facts.type === 'EXPRESS' ? EXPRESS_DURATION_MS_MAX : STANDARD_DURATION_MS_MAX;
  const own = machine.timeoutSeconds;
  const latest = facts.startedAt + longest;
  return own === undefined ? latest : Math.min(latest, from + own * 1000);
}
