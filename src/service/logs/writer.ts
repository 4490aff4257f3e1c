/**
 * Takes log events without making anybody wait and writes them in batches, about ten times a
 * second. Readers flush it first, so that they see what was appended. Bounded: when the store is
 * too slow, events are dropped and a line in their stream says how many.
 */
import type { Place } from '../../ground/arn.ts';
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
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

const RETRY_MS = [FLUSH_AFTER_MS, 5_000] as const;

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
  readonly #loop: Loop;

  constructor(deps: LogWriterDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#loop = new Loop({
      clock,
      turn: () => this.#write(),
      failed: (error) => {
        log.error('log events could not be written; they wait', { error: String(error) });
      },
      retryMs: RETRY_MS,
    });
  }

  async start(): Promise<void> {
    this.#loop.start();
  }

  /** What has been appended is written in a last turn. */
  stop(): Promise<void> {
    return this.#loop.stop(true);
  }

  append(place: Place, group: string, stream: string, events: readonly LogEvent[]): void {
    this.#keep(place, group, stream, events);
    this.#loop.wake(this.#bytes >= BUFFERED_BYTES_SOON ? 0 : FLUSH_AFTER_MS);
  }

  #keep(place: Place, group: string, stream: string, events: readonly LogEvent[]): void {
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
  }

  /** Resolves once everything appended before is durable, or could not be written now. */
  async flush(): Promise<void> {
    if (this.#buffers.size > 0 || this.#writing > 0) await this.#loop.now();
  }

  async #write(): Promise<undefined> {
    const { store, clock } = this.#deps;
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
    for (const { place, group, stream, events } of failed) {
      this.#keep(place, group, stream, events);
    }
    const first = outcomes.find((outcome) => outcome.status === 'rejected');
    if (first) throw first.reason;
    return undefined;
  }
}
