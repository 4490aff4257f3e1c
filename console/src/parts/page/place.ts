/** The place that is looked at: it stands in the address and stays from page to page. */
import { useMemo } from 'react';
import type { Place } from '../../model/place.ts';
import { useAddress } from './address.ts';

/** Members of the address that every link keeps. */
export const PLACE_PARAMS = ['account', 'region'] as const;

export function usePlace(): Place {
  const { account, region } = useAddress();
  return useMemo(() => ({ account, region }), [account, region]);
}
