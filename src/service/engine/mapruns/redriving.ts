/** A redriven Map Run takes up its unsuccessful children again, a few at a time. */
import type { MapRunSignal } from '../../../execution/maprun.ts';
import type { ExecutionHead } from '../../../store/executions.ts';
import type { StoredMapRun } from '../../../store/mapruns.ts';
import { SIGNALS_MAX } from './limits.ts';
import type { RunDeps } from './run-deps.ts';

/**
 * Looks at the next children and redrives up to `most` of them. One that runs, or whose ending is
 * `uncounted`, has been redriven already, before a crash kept that from being noted.
 */
export async function redriveSome(
  deps: RunDeps,
  { arn, state }: StoredMapRun,
  most: number,
  uncounted: (index: number) => boolean,
): Promise<MapRunSignal> {
  const limit = Math.min(most, SIGNALS_MAX);
  const page = await deps.executions.children(arn, state.redrive!.after, limit);
  const isOver = ({ mapItem }: ExecutionHead): boolean => !uncounted(mapItem!.index);
  const wanted = page.filter((child) => child.status !== 'SUCCEEDED' || !isOver(child));
  await Promise.all(
    wanted
      .filter((child) => child.status !== 'RUNNING' && isOver(child))
      .map((child) => redrive(deps, child)),
  );
  return {
    type: 'Redriven',
    after: page.at(-1)?.id ?? state.redrive!.after,
    executions: wanted.length,
    items: wanted.reduce((sum, { mapItem }) => sum + mapItem!.items, 0),
    done: page.length < limit,
  };
}

async function redrive({ engine, express }: RunDeps, child: ExecutionHead): Promise<void> {
  if (child.type === 'EXPRESS') await express().restart(child);
  else await engine().signal(child.id, { type: 'Redrive', after: child.redriveCount });
}
