/**
 * How many of something there may be in an account and region. Counted only where there could be
 * too many: what is remembered between is never less than there are.
 */
import type { Limits } from '../../execution/limits.ts';
import { type Place, placeKey } from '../../ground/arn.ts';
import type { LimitWatch } from '../limits/watch.ts';

export interface TallyDeps {
  readonly limit: 'stateMachines' | 'activities';
  readonly limits: Limits;
  readonly watch: Pick<LimitWatch, 'note'>;
  count(place: Place): Promise<number>;
}

export class Tally {
  readonly #deps: TallyDeps;
  readonly #atMost = new Map<string, number>();

  constructor(deps: TallyDeps) {
    this.#deps = deps;
  }

  /** True where another one is one too many. */
  async full(place: Place): Promise<boolean> {
    const { limit, limits, count } = this.#deps;
    const key = placeKey(place);
    if ((this.#atMost.get(key) ?? Number.POSITIVE_INFINITY) >= limits[limit]) {
      this.#atMost.set(key, await count(place));
    }
    return this.#atMost.get(key)! >= limits[limit];
  }

  /** One has been made. */
  added(place: Place): void {
    const key = placeKey(place);
    const atMost = (this.#atMost.get(key) ?? 0) + 1;
    this.#atMost.set(key, atMost);
    this.#deps.watch.note(this.#deps.limit, key, atMost);
  }
}
