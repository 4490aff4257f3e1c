/** A redriven Map Run takes up its unsuccessful children again, a few at a time. */
import type { MapRunSignal } from '../../../execution/maprun.ts';
import type { ExecutionHead } from '../../../store/executions.ts';
import type { StoredMapRun } from '../../../store/mapruns.ts';
import { SIGNALS_MAX } from './limits.ts';
import type { RunDeps } from './run-deps.ts';

/** Looks at the next children and redrives up to `most` of them. */
export async function redriveSome(
  deps: RunDeps,
  { arn, state }: StoredMapRun,
  most: number,
): Promise<MapRunSignal> {
  const limit = Math.min(most, SIGNALS_MAX);
  const page = await deps.executions.children(arn, state.redrive!.after, limit);
  // One that a crash kept from being noted has been redriven already, and may even have ended.
  const wanted = page.filter(
    ({ status, redrivenAt }) => status !== 'SUCCEEDED' || isRecent(redrivenAt, state.redrivenAt!),
  );
  await Promise.all(wanted.map((child) => redrive(deps, child, state.redrivenAt!)));
  return {
    type: 'Redriven',
    after: page.at(-1)?.id ?? state.redrive!.after,
    executions: wanted.length,
    items: wanted.reduce((sum, { mapItem }) => sum + mapItem!.items, 0),
    done: page.length < limit,
  };
}

const isRecent = (redrivenAt: number | undefined, since: number): boolean =>
  redrivenAt !== undefined && redrivenAt >= since;

async function redrive(
  { engine, express }: RunDeps,
  child: ExecutionHead,
  since: number,
): Promise<void> {
  if (isRecent(child.redrivenAt, since) || child.status === 'RUNNING') return;
  if (child.type === 'EXPRESS') return express().restart(child);
  await engine().signal(child.id, { type: 'Redrive', after: child.redriveCount });
}
