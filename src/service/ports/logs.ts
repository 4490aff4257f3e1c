/** Where log events that the server writes itself go. */
import type { Instant } from '../../ground/time.ts';

export interface LogEvent {
  readonly at: Instant;
  readonly message: string;
}

/** Takes log events at once and writes them soon; never blocks, makes group and stream as needed. */
export interface LogSink {
  append(
    place: { account: string; region: string },
    group: string,
    stream: string,
    events: readonly LogEvent[],
  ): void;
}
