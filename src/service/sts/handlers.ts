/**
 * STS: who the caller is. Keys are not checked, so everybody is the root user of the account that
 * the key names.
 */
import { iamArn } from '../../ground/arn.ts';
import type { Handlers } from '../../wire/operations.ts';

type Sts = typeof import('@aws-sdk/client-sts');

export function stsHandlers(): Handlers<Sts> {
  return {
    GetCallerIdentity: async (_input, place) => ({
      UserId: place.account,
      Account: place.account,
      Arn: iamArn(place, 'root'),
    }),
  };
}
