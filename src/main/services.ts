/**
 * The services of the product, one line each: its kind, and what it needs of the outside. Each may
 * ask those below it; they start from the last to the first, and stop from the first to the last.
 */
import type { ModelOf } from '../edge/aws-models.ts';
import type { AwsService, AwsServiceKind, House } from '../service/aws-service.ts';
import { LAMBDA } from '../service/lambda/service.ts';
import { LOGS } from '../service/logs/service.ts';
import { STATES } from '../service/states/service.ts';
import { STS } from '../service/sts/service.ts';
import { XRAY } from '../service/xray/service.ts';
import type { Outside } from './outside.ts';

export const SERVICES: readonly ServiceLine[] = [
  line(STATES, async (outside) => (await import('./own/states.ts')).statesOwn(outside)),
  line(LAMBDA, async (outside) => (await import('./own/lambda.ts')).lambdaOwn(outside)),
  line(XRAY, async (outside) => (await import('./own/xray.ts')).xrayOwn(outside)),
  line(LOGS),
  line(STS),
];

/** A service of whatever kind, with what it needs. */
export interface ServiceLine extends ModelOf, Pick<AwsServiceKind, 'stores' | 'sized'> {
  open(house: House, outside: Outside): Promise<AwsService>;
}

/** @param folder of its model, where that is not among the product's */
export function line<Own>(
  kind: AwsServiceKind<Own>,
  own?: (outside: Outside) => Promise<Own>,
  folder?: string,
): ServiceLine {
  const { id, quirks, stores, sized } = kind;
  return {
    id,
    ...(quirks && { quirks }),
    ...(stores && { stores }),
    ...(sized && { sized }),
    ...(folder !== undefined && { folder }),
    open: async (house, outside) => kind.open(house, (await own?.(outside)) as Own),
  };
}
