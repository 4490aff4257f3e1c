/** X-Ray as a service of the product. */
import { traceMigrations } from '../../store/traces/migrations.ts';
import type { AwsServiceKind } from '../aws-service.ts';
import type { XrayOwn } from './open.ts';
import { XRAY_QUIRKS } from './quirks.ts';

export const XRAY: AwsServiceKind<XrayOwn> = {
  id: 'xray',
  stores: [{ name: 'traces', database: 'telemetry', migrations: traceMigrations }],
  quirks: XRAY_QUIRKS,
  open: async (house, own) => (await import('./open.ts')).openXray(house, own),
};
