/** CloudWatch Logs as a service of the product. */
import { logMigrations } from '../../store/logs/migrations.ts';
import type { AwsServiceKind } from '../aws-service.ts';
import { LOGS_QUIRKS } from './quirks.ts';

export const LOGS: AwsServiceKind = {
  id: 'logs',
  stores: [{ name: 'logs', database: 'telemetry', migrations: logMigrations }],
  quirks: LOGS_QUIRKS,
  open: async (house) => (await import('./open.ts')).openLogs(house),
};
