/**
 * The forms in which a caller may name a function: name, name:qualifier, partial ARN, ARN.
 * Rule: Lambda API reference, Invoke, FunctionName.
 */
import type { Place } from '../ground/arn.ts';

export interface FunctionReference {
  readonly name: string;
  /** `$LATEST`, a version number or an alias; undefined where the reference has none. */
  readonly qualifier: string | undefined;
  /** Where the function lives: the ARN's own place, else the caller's. */
  readonly place: Place;
}

const FORM =
  /^(?:arn:(?:aws[a-zA-Z-]*):lambda:)?(?:((?:eusc-)?[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** Undefined where the text is none of the forms. */
export function parseFunctionReference(text: string, caller: Place): FunctionReference | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, region, account, name, qualifier] = match;
  return {
    name: name!,
    qualifier,
    place: { account: account ?? caller.account, region: region ?? caller.region },
  };
}

/** True for the one version that every function has. */
export function isLatest(qualifier: string | undefined): boolean {
  return qualifier === undefined || qualifier === '$LATEST';
}
