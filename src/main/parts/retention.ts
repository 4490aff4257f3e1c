/** What is deleted when, put together. */
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LogsService } from '../../service/logs/service.ts';
import { Retention } from '../../service/retention.ts';
import { usedBytes } from '../../store/sqlite/used-bytes.ts';
import type { Config } from '../config.ts';
import type { Storage } from '../storage.ts';

interface Deps {
  readonly config: Config;
  readonly storage: Storage;
  readonly logs: LogsService;
  readonly clock: Clock;
  readonly log: Logger;
}

export function retention({ config, storage, logs, clock, log }: Deps): Retention {
  const { executions, traces, database } = storage;
  const prune = (before: number, limit: number) => executions.prune(before, limit);
  return new Retention({
    clock,
    log,
    kept: [
      { what: 'executions', days: config.retentionDays, prune },
      { what: 'logs', days: config.retentionDays, prune: logs.prune },
      { what: 'traces', days: config.traceRetentionDays, prune: (before) => traces.prune(before) },
    ],
    bounded: { bytesMax: config.maxDataBytes, prune },
    usedBytes: () => usedBytes(database),
  });
}
