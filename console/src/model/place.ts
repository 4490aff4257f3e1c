/** An account and a region: where a read looks. */
export interface Place {
  /** Undefined: the server's own. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Where the thing of this ARN is, whatever place is looked at. */
export function placeOfArn(arn: string): Place {
  const [, , , region, account] = arn.split(':');
  return { account: account || undefined, region: region || undefined };
}
