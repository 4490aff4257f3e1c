/** A redriven Map Run takes up its unsuccessful children again, a few at a time. */
import type { ClosedStatus } from '../../../execution/effect.ts';
import type { ChildEnding, MapRunSignal } from '../../../execution/maprun.ts';
import { isFault } from '../../../ground/fault.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { SIGNALS_MAX } from './limits.ts';
import type { RunDeps } from './run-deps.ts';

/**
 * Looks at the next children and redrives up to `most` of them; in a Map Run that is stopping it
 * only finds out which of them have been. One that runs, or whose ending nobody has counted, has
 * been redriven already, before a crash or a stop kept that from being noted.
 */
export async function redriveSome(
  deps: RunDeps,
  { id, arn, state }: StoredMapRun,
  most: number,
): Promise<MapRunSignal> {
  const stopping = state.stage === 'stopping';
  const limit = Math.min(stopping ? SIGNALS_MAX : most, SIGNALS_MAX);
  const page = await deps.executions.children(arn, state.redrive!.after, limit);
  // Read after the children: what they say to have ended is told here, if it is not counted.
  const again = page.some(({ redriveCount }) => redriveCount > 0);
  const endings = again ? await deps.mapRuns.endings(id) : [];
  const told = new Set(endings.map(({ index }) => index));
  const isUnder = ({ status, mapItem }: ExecutionHead): boolean =>
    status === 'RUNNING' || told.has(mapItem!.index);
  const waiting = page.filter((child) => child.status !== 'SUCCEEDED' && !isUnder(child));
  const taken = new Set(stopping ? [] : await redriveAll(deps, waiting));
  const redriven = [...page.filter(isUnder), ...taken];
  return {
    type: 'Redriven',
    after: page.at(-1)?.id ?? state.redrive!.after,
    executions: redriven.length,
    items: redriven.reduce((sum, { mapItem }) => sum + mapItem!.items, 0),
    kept: waiting.filter((child) => !taken.has(child)).map(endingOf),
    done: page.length < limit,
  };
}

const endingOf = ({ id, status, mapItem, redriveCount }: ExecutionHead): ChildEnding => ({
  index: mapItem!.index,
  execution: id,
  items: mapItem!.items,
  status: status as ClosedStatus,
  redriven: redriveCount > 0,
});

/** Those that run again; the others stay as they ended. */
async function redriveAll(
  deps: RunDeps,
  children: readonly ExecutionHead[],
): Promise<readonly ExecutionHead[]> {
  const taken = await Promise.all(children.map((child) => redrive(deps, child)));
  return children.filter((_, i) => taken[i]);
}

/** False for a child that has no room for more events, or that nobody can read any more. */
async function redrive({ engines, executions }: RunDeps, child: ExecutionHead): Promise<boolean> {
  if (child.type === 'EXPRESS') {
    await engines.express.restart(child);
    return true;
  }
  const after = child.redriveCount;
  try {
    if (await engines.standard.signal(child.id, { type: 'Redrive', after })) return true;
  } catch (error) {
    if (!isFault(error) || error.code !== 'InternalFailure') throw error;
  }
  const head = await executions.headByArn(child.arn);
  return head !== undefined && head.redriveCount > after;
}
