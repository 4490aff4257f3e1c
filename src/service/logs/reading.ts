/** GetLogEvents and FilterLogEvents: pages of events, bounded in number and bytes. */

import { byteLength } from '../../ground/json.ts';
import { decodeToken, encodeToken } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';
import { type LogPattern, parseLogPattern } from '../../monitor/pattern.ts';
import type { LogPosition, LogStore, StoredLogEvent } from '../../store/logs/store.ts';
import { invalidParameter } from './faults.ts';
import {
  EVENT_OVERHEAD_BYTES,
  PAGE_BYTES_MAX,
  PAGE_EVENTS_MAX,
  SCANNED_EVENTS_MAX,
} from './limits.ts';
import { parseToken, printToken, START } from './positions.ts';

export interface Range {
  readonly from: Instant;
  readonly to: Instant;
}

export function rangeOf(start: number | undefined, end: number | undefined): Range {
  return { from: start ?? 0, to: end ?? Number.MAX_SAFE_INTEGER };
}

export interface StreamPage {
  /** Oldest first. */
  readonly events: readonly StoredLogEvent[];
  readonly forward: string;
  readonly backward: string;
}

/** One stream from its head, from its tail, or from where a token says. */
export async function readStream(
  store: LogStore,
  stream: number,
  range: Range,
  options: { fromHead: boolean; token: string | undefined; limit: number | undefined },
): Promise<StreamPage> {
  const token = options.token === undefined ? undefined : parseToken(options.token);
  const descending = token ? token.direction === 'b' : !options.fromHead;
  const rows = await store.events({
    of: { stream },
    ...range,
    beyond: token?.position,
    descending,
    limit: options.limit ?? PAGE_EVENTS_MAX,
  });
  const events = withinBytes(rows);
  if (descending) events.reverse();
  const first = events[0];
  const last = events.at(-1);
  if (first && last) {
    return { events, forward: printToken('f', last), backward: printToken('b', first) };
  }
  // At an end the token stays the same, which is how callers see that they are there.
  const { at, id } = token?.position ?? START;
  return descending && token
    ? {
        events,
        forward: printToken('f', { at, id: Math.max(0, id - 1) }),
        backward: printToken('b', { at, id }),
      }
    : {
        events,
        forward: printToken('f', { at, id }),
        backward: printToken('b', { at, id: id + 1 }),
      };
}

function withinBytes(rows: readonly StoredLogEvent[]): StoredLogEvent[] {
  let bytes = 0;
  const end = rows.findIndex((row) => {
    bytes += byteLength(row.message) + EVENT_OVERHEAD_BYTES;
    return bytes > PAGE_BYTES_MAX;
  });
  return end < 0 ? [...rows] : rows.slice(0, Math.max(1, end));
}

export interface FilterQuery {
  readonly of: { readonly group: number } | { readonly stream: number };
  readonly range: Range;
  /** True where the stream of this name is asked for. */
  readonly wanted: (streamName: string) => boolean;
  readonly pattern: string;
  readonly limit: number | undefined;
  readonly token: string | undefined;
}

const PIECE = 1_000;

/** Matching events, oldest first; a page may be empty and still have a next one. */
export async function filterEvents(
  store: LogStore,
  query: FilterQuery,
): Promise<{ events: StoredLogEvent[]; nextToken?: string }> {
  const matches = patternOf(query.pattern);
  const limit = query.limit ?? PAGE_EVENTS_MAX;
  let beyond = query.token === undefined ? undefined : positionOf(query.token);
  const events: StoredLogEvent[] = [];
  let bytes = 0;
  for (let scanned = 0; scanned < SCANNED_EVENTS_MAX; ) {
    const { of, range } = query;
    const rows = await store.events({ of, ...range, beyond, descending: false, limit: PIECE });
    for (const row of rows) {
      if (query.wanted(row.streamName) && matches(row.message)) {
        bytes += byteLength(row.message) + EVENT_OVERHEAD_BYTES;
        const full = events.length === limit || (bytes > PAGE_BYTES_MAX && events.length > 0);
        if (full) return { events, nextToken: tokenOf(beyond!) };
        events.push(row);
      }
      beyond = { at: row.at, id: row.id };
    }
    scanned += rows.length;
    if (rows.length < PIECE) return { events };
  }
  return { events, nextToken: tokenOf(beyond!) };
}

function patternOf(text: string): LogPattern {
  const pattern = parseLogPattern(text);
  if (typeof pattern === 'function') return pattern;
  throw invalidParameter(`Invalid filter pattern: ${pattern.problem}`);
}

const tokenOf = (position: LogPosition): string =>
  encodeToken('events', [position.at, position.id]);

function positionOf(token: string): LogPosition {
  const cursor = decodeToken('events', token);
  if (Array.isArray(cursor) && typeof cursor[0] === 'number' && typeof cursor[1] === 'number') {
    return { at: cursor[0], id: cursor[1] };
  }
  throw invalidParameter('The specified nextToken is invalid.');
}
