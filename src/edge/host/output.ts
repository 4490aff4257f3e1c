/**
 * What a sandbox prints, cut into log events. A flood costs neither memory nor the server's time:
 * beyond a rate the text is dropped and counted, beyond a higher one reading itself pauses, so that
 * the function waits instead.
 */
import type { Readable } from 'node:stream';

/** Longest log event; longer lines are cut (CloudWatch Logs: 256 KB an event). */
const LINE_BYTES_MAX = 256 * 1024 - 26;
const WINDOW_MS = 100;
/** Kept a window: 4 MiB a second. */
const KEPT_BYTES_MAX = 420 * 1024;
const KEPT_EVENTS_MAX = 2_000;
/** Read a window before reading pauses: 80 MiB a second. */
const READ_BYTES_MAX = 8 * 1024 * 1024;
const LINE_FEED = 10;
/** Our bootstraps put whole records, line feeds and all, in one line: this mark and that stand-in. */
const RECORD_MARK = 0x1e;
const LINE_FEED_STAND_IN = /\u001f/g;

export class Output {
  readonly #stream: Readable;
  readonly #emit: (text: string) => void;
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #windowStart = 0;
  #read = 0;
  #kept = 0;
  #events = 0;
  #dropped = 0;
  #paused: NodeJS.Timeout | undefined;

  /** @param emit gets one event's text, with its line feed */
  constructor(stream: Readable, emit: (text: string) => void) {
    this.#stream = stream;
    this.#emit = emit;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => stream.destroy());
  }

  /** Emits what is there without a line feed, and the count of what was dropped. */
  flush(): void {
    if (this.#partialBytes > 0) this.#line(Buffer.alloc(0));
    if (this.#dropped === 0) return;
    this.#emit(`[${this.#dropped} bytes of output were dropped: too much at once]\n`);
    this.#dropped = 0;
  }

  close(): void {
    clearTimeout(this.#paused);
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    const now = performance.now();
    if (now - this.#windowStart >= WINDOW_MS) this.#nextWindow(now);
    this.#read += chunk.length;
    if (this.#read > READ_BYTES_MAX && !this.#paused) this.#pause(now);
    if (this.#kept >= KEPT_BYTES_MAX || this.#events >= KEPT_EVENTS_MAX) {
      this.#dropped += chunk.length;
      return;
    }
    this.#kept += chunk.length;
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      this.#line(chunk.subarray(from, at));
      from = at + 1;
      this.#events += 1;
      if (this.#events < KEPT_EVENTS_MAX) continue;
      this.#dropped += chunk.length - from;
      return;
    }
    if (from === chunk.length) return;
    this.#partial.push(from === 0 ? chunk : chunk.subarray(from));
    this.#partialBytes += chunk.length - from;
    if (this.#partialBytes >= LINE_BYTES_MAX) this.#line(Buffer.alloc(0));
  }

  #nextWindow(now: number): void {
    this.#windowStart = now;
    this.#read = 0;
    this.#kept = 0;
    this.#events = 0;
    if (this.#dropped > 0) this.flush();
  }

  #pause(now: number): void {
    this.#stream.pause();
    this.#paused = setTimeout(
      () => {
        this.#paused = undefined;
        this.#stream.resume();
      },
      this.#windowStart + WINDOW_MS - now,
    );
  }

  #line(last: Buffer): void {
    const line = this.#partialBytes > 0 ? Buffer.concat([...this.#partial, last]) : last;
    this.#partial = [];
    this.#partialBytes = 0;
    for (let from = 0; from === 0 || from < line.length; from += LINE_BYTES_MAX) {
      this.#emit(eventText(line.subarray(from, from + LINE_BYTES_MAX)));
    }
  }
}

function eventText(line: Buffer): string {
  if (line[0] !== RECORD_MARK) return `${line.toString('utf8')}\n`;
  return `${line.toString('utf8', 1).replace(LINE_FEED_STAND_IN, '\n')}\n`;
}
