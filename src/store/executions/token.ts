/**
 * Page tokens of execution lists. A token belongs to its query: with other arguments it is as
 * unknown as any other text.
 */
import { Fault } from '../../ground/fault.ts';
import { decodeToken, encodeToken } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';
import type { ExecutionHead, ListQuery } from './store.ts';

/** The last execution of the page before. */
export interface Cursor {
  readonly listedAt: Instant;
  readonly id: number;
}

/** Where lists put it: running ones by their (re)start, others by their end. */
export function listedAt(
  head: Pick<ExecutionHead, 'stoppedAt' | 'redrivenAt' | 'startedAt'>,
): Instant {
  return head.stoppedAt ?? head.redrivenAt ?? head.startedAt;
}

export function tokenAfter(query: ListQuery, head: ExecutionHead): string {
  return encodeToken(purposeOf(query), [listedAt(head), head.id]);
}

/** Undefined on the first page. Throws AWS's InvalidToken where the token is not this query's. */
export function cursorOf(query: ListQuery): Cursor | undefined {
  if (query.token === undefined) return undefined;
  const cursor = decodeToken(purposeOf(query), query.token);
  if (!Array.isArray(cursor) || !cursor.every(Number.isFinite) || cursor.length !== 2) {
    throw new Fault('InvalidToken', "Invalid Token: 'Invalid token'");
  }
  return { listedAt: cursor[0] as number, id: cursor[1] as number };
}

function purposeOf({ token: _, limit: __, ...filters }: ListQuery): string {
  return `executions ${fingerprint(JSON.stringify(Object.entries(filters).sort()))}`;
}

/** FNV-1a: tells queries apart; that somebody may forge one harms nobody but himself. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
