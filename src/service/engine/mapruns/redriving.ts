/** A redriven Map Run takes up its unsuccessful children again, a few at a time. */
import type { ClosedStatus } from '../../../execution/effect.ts';
import type { ChildEnding, MapRunSignal } from '../../../execution/maprun.ts';
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
  if (!stopping) await Promise.all(waiting.map((child) => redrive(deps, child)));
  const redriven = stopping ? page.filter(isUnder) : [...page.filter(isUnder), ...waiting];
  return {
    type: 'Redriven',
    after: page.at(-1)?.id ?? state.redrive!.after,
    executions: redriven.length,
    items: redriven.reduce((sum, { mapItem }) => sum + mapItem!.items, 0),
    kept: stopping ? waiting.map(endingOf) : [],
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

async function redrive({ engines }: RunDeps, child: ExecutionHead): Promise<void> {
  if (child.type === 'EXPRESS') await engines.express.restart(child);
  else await engines.standard.signal(child.id, { type: 'Redrive', after: child.redriveCount });
}
