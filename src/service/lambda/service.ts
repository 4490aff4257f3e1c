/** Lambda as a service of the product. */
import { functionMigrations } from '../../store/functions/migrations.ts';
import type { AwsServiceKind } from '../aws-service.ts';
import type { LambdaOwn } from './open.ts';
import { LAMBDA_QUIRKS } from './quirks.ts';

export const LAMBDA: AwsServiceKind<LambdaOwn> = {
  id: 'lambda',
  stores: [{ name: 'functions', database: 'main', migrations: functionMigrations }],
  quirks: LAMBDA_QUIRKS,
  open: async (house, own) => (await import('./open.ts')).openLambda(house, own),
};
