/** What the execution that waits for a Map Run is told, when all its children have ended. */
import type { MapRunOutcome } from '../../../execution/maprun.ts';
import { tooLarge } from '../../../execution/transition.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { ObjectError } from '../../ports/objects.ts';
import { exportResults } from './export.ts';
import { resultOf } from './results.ts';
import type { RunDeps } from './run-deps.ts';
import type { Starting } from './starting.ts';

/** Exports also what an unsuccessful Map Run has; its own failure counts, whatever comes of that. */
export async function outcomeOf(
  { executions, objects, limits }: RunDeps,
  run: StoredMapRun,
  starting: Starting,
): Promise<MapRunOutcome> {
  const { order, state } = run;
  const target = order.writer?.target;
  if (!target) {
    if (state.failure || state.status === 'ABORTED') return state.failure ?? ABORTED;
    const output = await resultOf(executions, run.arn, order.writer, limits);
    if (output !== undefined) return { output };
    const { error, cause } = tooLarge(order.stateName);
    return { error: error!, cause: cause! };
  }
  try {
    const output = await exportResults({ executions, objects }, run, target, starting.pending(run));
    return state.failure ?? { output };
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    return state.failure ?? { error: 'States.ResultWriterFailed', cause: error.message };
  }
}

const ABORTED: MapRunOutcome = { error: 'States.Runtime', cause: 'The Map Run was aborted.' };
