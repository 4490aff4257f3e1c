/**
 * How many Map Runs are at work, by account and region. Beyond the limit they are open and wait,
 * first come, first served. Rule: developer guide, "Service quotas", open Map Runs.
 */
import type { Limits } from '../../../execution/limits.ts';
import { type Place, placeKey } from '../../../ground/arn.ts';
import type { LimitWatch } from '../../limits/watch.ts';

interface Waiting {
  admit(): void;
}

interface Queue<T> {
  readonly working: Set<T>;
  readonly waiting: Set<T>;
}

interface AdmissionDeps {
  readonly limits: Limits;
  readonly watch?: Pick<LimitWatch, 'note'>;
}

export class Admission<T extends Waiting> {
  readonly #deps: AdmissionDeps;
  readonly #queues = new Map<string, Queue<T>>();

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  /** Admits it now or later; at once where it has begun before. */
  enter(run: T, place: Place, begun: boolean): void {
    const key = placeKey(place);
    const queue = this.#queues.get(key) ?? { working: new Set(), waiting: new Set() };
    this.#queues.set(key, queue);
    const now = begun || queue.working.size < this.#deps.limits.openMapRuns;
    (now ? queue.working : queue.waiting).add(run);
    this.#deps.watch?.note('openMapRuns', key, queue.working.size + queue.waiting.size);
    if (now) run.admit();
  }

  /** It is over, or somebody else's; the next one has its place. */
  leave(run: T, place: Place): void {
    const key = placeKey(place);
    const queue = this.#queues.get(key);
    if (!queue) return;
    queue.waiting.delete(run);
    queue.working.delete(run);
    for (const next of queue.waiting) {
      if (queue.working.size >= this.#deps.limits.openMapRuns) return;
      queue.waiting.delete(next);
      queue.working.add(next);
      next.admit();
    }
    if (queue.working.size === 0) this.#queues.delete(key);
  }
}
