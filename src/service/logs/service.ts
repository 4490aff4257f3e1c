/** CloudWatch Logs: the API, the writer that everything in this server logs through, retention. */
import type { Place } from '../../ground/arn.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LogStore } from '../../store/logs/store.ts';
import type { Service } from '../lifecycle.ts';
import type { LogSink } from '../ports/logs.ts';
import { type LogsHandlers, logsHandlers } from './handlers.ts';
import { LogWriter } from './writer.ts';

export interface LogsServiceDeps {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface LogsService extends Service {
  readonly handlers: LogsHandlers;
  /** Stop the service after everybody who writes here. */
  readonly sink: LogSink;
  exists(place: Place, group: string): Promise<boolean>;
  /** Deletes what retention says, in pieces of `limit`; answers how many events went. */
  prune(before: Instant, limit: number): Promise<number>;
}

export function logsService(deps: LogsServiceDeps): LogsService {
  const { store, clock } = deps;
  const writer = new LogWriter(deps);
  return {
    handlers: logsHandlers({ store, writer, clock }),
    sink: writer,
    async exists(place, group) {
      if (await store.group(place, group)) return true;
      await writer.flush();
      return (await store.group(place, group)) !== undefined;
    },
    prune: (before, limit) => store.prune(clock.now(), before, limit),
    start: () => writer.start(),
    stop: () => writer.stop(),
  };
}
