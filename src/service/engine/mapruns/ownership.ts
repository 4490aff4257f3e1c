/** What the store says of a Map Run that others may have written to, and who is to run it. */
import type { WorkRow } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import type { RunDeps } from './run-deps.ts';

export interface Seen {
  readonly stored: StoredMapRun | undefined;
  /**
   * `ours`: the execution waits, and the row is this node's. `others`: another node's. `void`: nobody
   * waits for it any more.
   */
  readonly row: 'ours' | 'others' | 'void';
  /** By which the outcome was told, as long as the execution has not heard of it. */
  readonly told: WorkRow | undefined;
}

/** Undefined where the store fails. */
export async function seenInStore(
  { mapRuns, executions, epoch, log }: RunDeps,
  { arn }: StoredMapRun,
): Promise<Seen | undefined> {
  try {
    const stored = await mapRuns.byArn(arn);
    const row = stored && (await executions.work(keyOf(stored, 'mapRun')));
    const closed = stored?.state.stage === 'closed';
    const told = closed ? await executions.work(keyOf(stored, 'mapRunEnded')) : undefined;
    return { stored, told, row: !row ? 'void' : row.epoch === epoch ? 'ours' : 'others' };
  } catch (error) {
    log.warn('could not look at a Map Run', { mapRun: arn, error });
    return undefined;
  }
}

export function keyOf<K extends 'mapRun' | 'mapRunEnded'>(
  { execution: { id, scope }, state: { attempt } }: StoredMapRun,
  kind: K,
) {
  return { execution: id, scope, attempt, kind } as const;
}
