/** CloudWatch Logs, put together: the API and the writer that this server logs through. */
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LogStore } from '../../store/logs/store.ts';
import { type LogsHandlers, logsHandlers } from './handlers.ts';
import { LogWriter } from './writer.ts';

export interface LogsParts {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AssembledLogs {
  readonly handlers: LogsHandlers;
  /** To be stopped after everything that writes here. */
  readonly writer: LogWriter;
  /** Deletes what retention says, in pieces of `limit`; answers how many events went. */
  prune(before: Instant, limit: number): Promise<number>;
}

export function assembleLogs(parts: LogsParts): AssembledLogs {
  const { store, clock } = parts;
  const writer = new LogWriter(parts);
  return {
    handlers: logsHandlers({ store, writer, clock }),
    writer,
    prune: (before, limit) => store.prune(clock.now(), before, limit),
  };
}
