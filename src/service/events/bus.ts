/**
 * Events inside the server: whoever subscribes is told of those that match, one at a time and in
 * order. Nobody who publishes ever waits: a subscriber that is slow has a queue of limited size and
 * misses what does not fit; one that throws has missed that event. Both are counted and logged.
 */
import type { Logger } from '../../ground/log.ts';
import type { BusEvent } from './event.ts';
import { QUEUE_BYTES_MAX, QUEUE_EVENTS_MAX } from './limits.ts';

/** Which events; a pattern of EventBridge is one more way to make such a function. */
export type EventFilter = (event: BusEvent) => boolean;
type EventHandler = (event: BusEvent) => void | Promise<void>;

export interface Subscription {
  /** Events that did not fit, so far. */
  readonly dropped: number;
  /** No event is begun any more. */
  end(): void;
}

export interface BusCounts {
  readonly subscribers: number;
  readonly published: number;
  /** For each subscriber that missed one, once. */
  readonly dropped: number;
  readonly failed: number;
}

/** Beside its input and output. */
const EVENT_BYTES = 2_000;

export class EventBus {
  readonly #log: Logger;
  readonly #lines = new Set<Line>();
  readonly #counts = { published: 0, dropped: 0, failed: 0 };

  constructor(log: Logger) {
    this.#log = log;
  }

  /** False where nobody would hear anything. */
  get heard(): boolean {
    return this.#lines.size > 0;
  }

  get counts(): BusCounts {
    return { subscribers: this.#lines.size, ...this.#counts };
  }

  publish(event: BusEvent): void {
    this.#counts.published++;
    for (const line of this.#lines) line.offer(event);
  }

  /** `name` is what the log calls it. */
  subscribe(name: string, matches: EventFilter, handle: EventHandler): Subscription {
    const line: Line = new Line(matches, handle, {
      dropped: (first) => {
        this.#counts.dropped++;
        if (first) this.#log.warn('a subscriber is too slow and misses events', { name });
      },
      caughtUp: (missed) => {
        this.#log.warn('a subscriber has caught up', { name, missed });
      },
      failed: (event, error) => {
        this.#counts.failed++;
        this.#log.error('a subscriber failed', { name, event: event.id, error });
      },
      ended: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
    return line;
  }
}

interface LineEvents {
  dropped(first: boolean): void;
  caughtUp(missed: number): void;
  failed(event: BusEvent, error: unknown): void;
  ended(): void;
}

/** One subscriber and what waits for it. */
class Line implements Subscription {
  readonly #matches: EventFilter;
  readonly #handle: EventHandler;
  readonly #tell: LineEvents;
  #queue: { readonly event: BusEvent; readonly bytes: number }[] = [];
  #bytes = 0;
  #working = false;
  #ended = false;
  /** Since it last had nothing to do. */
  #missed = 0;
  dropped = 0;

  constructor(matches: EventFilter, handle: EventHandler, tell: LineEvents) {
    this.#matches = matches;
    this.#handle = handle;
    this.#tell = tell;
  }

  offer(event: BusEvent): void {
    try {
      if (!this.#matches(event)) return;
    } catch (error) {
      this.#tell.failed(event, error);
      return;
    }
    const bytes = bytesOf(event);
    const full = this.#queue.length >= QUEUE_EVENTS_MAX || this.#bytes + bytes > QUEUE_BYTES_MAX;
    if (full) {
      this.dropped++;
      this.#missed++;
      this.#tell.dropped(this.#missed === 1);
      return;
    }
    this.#queue.push({ event, bytes });
    this.#bytes += bytes;
    if (!this.#working) void this.#work();
  }

  end(): void {
    this.#ended = true;
    this.#queue = [];
    this.#tell.ended();
  }

  /** Begins in a later microtask: what publishes is not in the middle of anything then. */
  async #work(): Promise<void> {
    this.#working = true;
    await undefined;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#bytes -= next.bytes;
      try {
        await this.#handle(next.event);
      } catch (error) {
        this.#tell.failed(next.event, error);
      }
    }
    this.#working = false;
    const missed = this.#missed;
    this.#missed = 0;
    if (missed > 0 && !this.#ended) this.#tell.caughtUp(missed);
  }
}

/** Roughly, of what it keeps in memory. */
export function bytesOf({ detail: { input, output } }: BusEvent): number {
  return EVENT_BYTES + 2 * (lengthOf(input) + lengthOf(output));
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0);
