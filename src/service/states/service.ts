/** Step Functions as a service of the product. */
import { executionMigrations } from '../../store/executions/migrations.ts';
import { machineMigrations } from '../../store/machines/migrations.ts';
import type { AwsServiceKind } from '../aws-service.ts';
import type { StatesOwn } from './open.ts';
import { STATES_QUIRKS } from './quirks.ts';

export const STATES: AwsServiceKind<StatesOwn> = {
  id: 'states',
  stores: [
    { name: 'executions', database: 'main', migrations: executionMigrations },
    { name: 'machines', database: 'main', migrations: machineMigrations },
  ],
  quirks: STATES_QUIRKS,
  sized: ({ shapes, ...model }, limits) => ({
    ...model,
    shapes: {
      ...shapes,
      SensitiveData: { ...shapes.SensitiveData!, max: limits.payloadBytes },
      Definition: { ...shapes.Definition!, max: limits.definitionLength },
    },
  }),
  open: async (house, own) => (await import('./open.ts')).openStates(house, own),
};
