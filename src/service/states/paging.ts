/** Pages of lists as Step Functions asks for them. */
import type { Place } from '../../ground/arn.ts';

const PAGE_LIMIT = 100;

/** 0 means as many as nobody asked for. */
export const pageLimit = (maxResults: number | undefined): number => maxResults || PAGE_LIMIT;

export const pageQuery = (
  { account, region }: Place,
  maxResults: number | undefined,
  token: string | undefined,
): { account: string; region: string; limit: number; token?: string } => ({
  account,
  region,
  limit: pageLimit(maxResults),
  ...(token !== undefined && { token }),
});
