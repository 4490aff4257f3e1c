/** X-Ray's errors. Its model has few of them; nearly everything wrong is an invalid request. */
import { Fault } from '../../ground/fault.ts';
import { decodeToken } from '../../ground/page.ts';
import type { Filter } from '../../trace/expression.ts';
import { parseFilter } from '../../trace/filter.ts';

export const invalid = (message: string): Fault => new Fault('InvalidRequestException', message);

export function tooBusy(): Fault {
  return new Fault('ThrottledException', 'Rate exceeded', { status: 429 });
}

/** The expression as a tree; a broken one is the caller's mistake. */
export function readFilter(text: string): Filter {
  const reading = parseFilter(text);
  if (reading.ok) return reading.filter;
  const { message, position } = reading.problem;
  throw invalid(`Invalid filter expression: ${message} at position ${position}.`);
}

/** The cursor of a NextToken that was given out under this purpose. */
export function readToken(purpose: string, token: string | undefined): unknown {
  if (token === undefined) return undefined;
  const cursor = decodeToken(purpose, token);
  if (cursor === undefined) throw invalid('Invalid NextToken.');
  return cursor;
}

/** A number from a token, for lists that are paged by position. */
export function readOffset(purpose: string, token: string | undefined): number {
  const cursor = readToken(purpose, token) ?? 0;
  if (typeof cursor !== 'number' || !Number.isSafeInteger(cursor) || cursor < 0) {
    throw invalid('Invalid NextToken.');
  }
  return cursor;
}
