/**
 * Due times of pending work in memory, nearest first: an indexed binary heap, so that a deadline
 * that was met leaves no trace, and one outstanding wake of the clock for all of them.
 */
import type { ScopePath } from '../../execution/record.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { WorkKind } from '../../store/executions/store.ts';

export interface Timer {
  readonly execution: number;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly kind: WorkKind;
  readonly due: Instant;
  /** Of a task: the due time is its heartbeat's. */
  readonly heartbeat: boolean;
}

interface Entry extends Timer {
  readonly key: string;
  index: number;
}

const keyOf = (timer: Pick<Timer, 'execution' | 'scope' | 'attempt' | 'kind'>): string =>
  `${timer.execution} ${timer.kind} ${timer.attempt} ${timer.scope}`;

export class Timers {
  readonly #heap: Entry[] = [];
  readonly #byKey = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #fire: (timer: Timer) => void;
  #armed: { at: Instant; cancel: () => void } | undefined;
  #stopped = false;

  constructor(clock: Clock, fire: (timer: Timer) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Sets or moves the due time of one pending thing. */
  set(timer: Timer): void {
    const key = keyOf(timer);
    const old = this.#byKey.get(key);
    if (old) this.#remove(old);
    const entry: Entry = { ...timer, key, index: this.#heap.length };
    this.#byKey.set(key, entry);
    this.#heap.push(entry);
    this.#up(entry);
    this.#arm();
  }

  clear(timer: Pick<Timer, 'execution' | 'scope' | 'attempt' | 'kind'>): void {
    const entry = this.#byKey.get(keyOf(timer));
    if (entry) this.#remove(entry);
  }

  /** Fires nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#armed?.cancel();
    this.#armed = undefined;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (!next || this.#stopped) return;
    if (this.#armed && this.#armed.at <= next.due) return;
    this.#armed?.cancel();
    const armed = {
      at: next.due,
      cancel: this.#clock.wake(next.due, () => {
        if (this.#armed !== armed) return;
        this.#armed = undefined;
        this.#ring();
      }),
    };
    this.#armed = armed;
  }

  #ring(): void {
    const now = this.#clock.now();
    for (let next = this.#heap[0]; next && next.due <= now; next = this.#heap[0]) {
      this.#remove(next);
      this.#fire(next);
    }
    this.#arm();
  }

  #remove(entry: Entry): void {
    this.#byKey.delete(entry.key);
    const last = this.#heap.pop()!;
    if (last === entry) return;
    last.index = entry.index;
    this.#heap[last.index] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(entry: Entry): void {
    const heap = this.#heap;
    let index = entry.index;
    while (index > 0) {
      const parent = heap[(index - 1) >> 1]!;
      if (parent.due <= entry.due) break;
      heap[index] = parent;
      parent.index = index;
      index = (index - 1) >> 1;
    }
    heap[index] = entry;
    entry.index = index;
  }

  #down(entry: Entry): void {
    const heap = this.#heap;
    let index = entry.index;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
      if (heap[child]!.due >= entry.due) break;
      heap[index] = heap[child]!;
      heap[index]!.index = index;
      index = child;
    }
    heap[index] = entry;
    entry.index = index;
  }
}
