/**
 * Takes log events without making anybody wait and writes them in batches, about ten times a
 * second. Readers flush it first, so that they see what was appended. Bounded: when the store is
 * too slow, events are dropped and a line in their stream says how many.
 */
import type { Place } from '../../ground/arn.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LogStore } from '../../store/logs/store.ts';
import type { Service } from '../lifecycle.ts';
import type { LogEvent, LogSink } from '../ports/logs.ts';
import {
  BUFFERED_BYTES_MAX,
  BUFFERED_BYTES_SOON,
  EVENT_OVERHEAD_BYTES,
  FLUSH_AFTER_MS,
} from './limits.ts';

export interface LogWriterDeps {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Buffer {
  readonly place: Place;
  readonly group: string;
  readonly stream: string;
  readonly events: LogEvent[];
  dropped: number;
}

export class LogWriter implements LogSink, Service {
  readonly #deps: LogWriterDeps;
  #buffers = new Map<string, Buffer>();
  #bytes = 0;
  /** Bytes of the batch that is being written. */
  #writing = 0;
  #cancelWake: (() => void) | undefined;
  #flushing: Promise<void> | undefined;

  constructor(deps: LogWriterDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    await this.flush();
  }

  append(place: Place, group: string, stream: string, events: readonly LogEvent[]): void {
    const key = `${place.account}/${place.region}/${group}\n${stream}`;
    let buffer = this.#buffers.get(key);
    if (!buffer) {
      const { account, region } = place;
      buffer = { place: { account, region }, group, stream, events: [], dropped: 0 };
      this.#buffers.set(key, buffer);
    }
    for (const event of events) {
      if (this.#bytes + this.#writing >= BUFFERED_BYTES_MAX) {
        buffer.dropped += 1;
        continue;
      }
      buffer.events.push(event);
      this.#bytes += event.message.length + EVENT_OVERHEAD_BYTES;
    }
    if (this.#bytes >= BUFFERED_BYTES_SOON && !this.#flushing) void this.flush();
    else this.#wake();
  }

  /** Resolves once everything appended before is durable, or could not be written now. */
  async flush(): Promise<void> {
    if (this.#flushing) await this.#flushing;
    // One that began meanwhile has taken all there was.
    if (this.#flushing) return this.#flushing;
    if (this.#buffers.size === 0) return;
    this.#flushing = this.#write().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  #wake(): void {
    if (this.#cancelWake) return;
    const { clock } = this.#deps;
    this.#cancelWake = clock.wake(clock.now() + FLUSH_AFTER_MS, () => {
      this.#cancelWake = undefined;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    const { store, clock, log } = this.#deps;
    const buffers = [...this.#buffers.values()];
    const bytes = this.#bytes;
    this.#buffers = new Map();
    this.#bytes = 0;
    this.#writing = bytes;
    const now = clock.now();
    for (const buffer of buffers) {
      if (buffer.dropped === 0) continue;
      const message = `[${buffer.dropped} log events were dropped: too many at once]\n`;
      buffer.events.push({ at: now, message });
    }
    const outcomes = await Promise.allSettled(buffers.map((buffer) => store.append([buffer], now)));
    this.#writing = 0;
    const failed = buffers.filter((_, i) => outcomes[i]!.status === 'rejected');
    if (failed.length === 0) return;
    const first = outcomes.find((outcome) => outcome.status === 'rejected');
    log.error('log events could not be written; they wait', { error: String(first?.reason) });
    for (const { place, group, stream, events } of failed)
      this.append(place, group, stream, events);
  }
}
