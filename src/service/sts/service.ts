/** STS as a service of the product. */
import type { AwsServiceKind } from '../aws-service.ts';

export const STS: AwsServiceKind = {
  id: 'sts',
  open: async () => ({ handlers: (await import('./handlers.ts')).stsHandlers() }),
};
