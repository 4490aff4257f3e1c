/** CloudWatch Logs in a house: its store, and what its neighbours log through. */
import { sqlLogStore } from '../../store/logs/sql.ts';
import type { AwsService, House } from '../aws-service.ts';
import { assembleLogs } from './assemble.ts';

export async function openLogs({ databases, clock, log }: House): Promise<AwsService> {
  const logs = assembleLogs({ store: sqlLogStore(databases.telemetry), clock, log });
  return {
    handlers: logs.handlers,
    running: [logs.writer],
    kept: [{ what: 'logs', prune: logs.prune }],
    provides: { logs: logs.writer },
  };
}
