/**
 * How many Standard executions are open, by account and region, and whether there may be another.
 * Children of Map Runs do not count: their runs have limits of their own, the product of which is
 * beyond this one.
 */
import type { Limits } from '../../execution/limits.ts';
import { type Place, placeKey } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { LimitWatch } from '../limits/watch.ts';

type Counted = Place & Pick<ExecutionHead, 'mapItem'>;

interface OpenDeps {
  readonly limits: Limits;
  readonly watch: Pick<LimitWatch, 'note'>;
}

export class OpenExecutions {
  readonly #deps: OpenDeps;
  readonly #open = new Map<string, number>();

  constructor(deps: OpenDeps) {
    this.#deps = deps;
  }

  /** These are open, and no others. */
  count(found: readonly { account: string; region: string; count: number }[]): void {
    this.#open.clear();
    for (const { count, ...place } of found) this.#count(place, count);
  }

  /** True where another one is one too many. */
  full(execution: Counted): boolean {
    if (execution.mapItem) return false;
    return (this.#open.get(placeKey(execution)) ?? 0) >= this.#deps.limits.openExecutions;
  }

  opened(execution: Counted): void {
    if (!execution.mapItem) this.#count(execution, 1);
  }

  closed(execution: Counted): void {
    if (!execution.mapItem) this.#count(execution, -1);
  }

  #count(place: Place, more: number): void {
    const key = placeKey(place);
    const open = (this.#open.get(key) ?? 0) + more;
    if (open > 0) this.#open.set(key, open);
    else this.#open.delete(key);
    if (more > 0) this.#deps.watch.note('openExecutions', key, open);
  }
}

/** AWS's error, in the words of its model. */
export const tooManyOpen = (): Fault =>
  new Fault(
    'ExecutionLimitExceeded',
    'The maximum number of running executions has been reached. ' +
      'Running executions must end or be stopped before a new execution can be started.',
  );
