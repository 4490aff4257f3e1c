/** Stops the children of a Map Run that run. */
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { SIGNALS_MAX } from './limits.ts';
import type { RunDeps } from './run-deps.ts';

export async function stopChildren(
  { executions, engines }: RunDeps,
  { account, region, arn }: StoredMapRun,
): Promise<void> {
  for (;;) {
    const running = {
      account,
      region,
      mapRunArn: arn,
      status: 'RUNNING',
      limit: SIGNALS_MAX,
    } as const;
    const { items } = await executions.list(running);
    if (items.length === 0) return;
    const stopped = await Promise.all(
      items.map(({ id, type }) =>
        type === 'STANDARD'
          ? engines.standard.signal(id, { type: 'Stop' })
          : engines.express.halt(id),
      ),
    );
    // Those that could not be stopped are on their way to their end.
    if (!stopped.includes(true)) return;
  }
}
