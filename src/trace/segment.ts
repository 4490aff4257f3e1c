/**
 * Segment documents: what a producer may send, and why one is refused.
 *
 * A document is one segment, one segment in progress, one independent subsegment, or an array of
 * independent subsegments. What is accepted stays the producer's text; `normalise.ts` drops what
 * AWS drops when the trace is put together. Codes and wording: AWS X-Ray, UnprocessedTraceSegments.
 */
import { byteLength, isObject, type Json, type JsonObject, tryParseJson } from '../ground/json.ts';
import { DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, NAME_LENGTH_MAX } from './limits.ts';

/** A processed (sub)segment. Times are epoch seconds; `subsegments` are put in by the tree. */
export interface SegmentDocument {
  id: string;
  name: string;
  start_time: number;
  end_time?: number;
  in_progress?: true;
  trace_id?: string;
  parent_id?: string;
  type?: 'subsegment';
  namespace?: 'aws' | 'remote';
  origin?: string;
  resource_arn?: string;
  user?: string;
  traced?: boolean;
  inferred?: true;
  error?: boolean;
  fault?: boolean;
  throttle?: boolean;
  http?: HttpBlock;
  aws?: JsonObject;
  cause?: string | CauseBlock;
  annotations?: Record<string, string | number | boolean>;
  metadata?: JsonObject;
  service?: JsonObject;
  sql?: JsonObject;
  links?: JsonObject[];
  precursor_ids?: string[];
  subsegments?: SegmentDocument[];
}

export interface HttpBlock {
  request?: {
    url?: string;
    method?: string;
    user_agent?: string;
    client_ip?: string;
    x_forwarded_for?: boolean;
    traced?: boolean;
  };
  response?: { status?: number; content_length?: number };
}

export interface CauseBlock {
  message?: string;
  working_directory?: string;
  paths?: string[];
  exceptions?: ExceptionBlock[];
}

export interface ExceptionBlock {
  id?: string;
  type?: string;
  message?: string;
  remote?: boolean;
  truncated?: number;
  skipped?: number;
  cause?: string;
  stack?: { path?: string; line?: number; label?: string }[];
}

/** One document that passed, with what storing it needs. */
export interface AcceptedDocument {
  readonly traceId: string;
  readonly id: string;
  readonly inProgress: boolean;
  readonly text: string;
}

/** An entry of UnprocessedTraceSegments. */
export interface Refusal {
  readonly id: string | undefined;
  readonly code: string;
  readonly message: string;
}

export interface Reading {
  readonly accepted: AcceptedDocument[];
  readonly refused: Refusal[];
}

export const TRACE_ID = /^1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}$/;
const ENTITY_ID = /^[0-9a-fA-F]{16}$/;
const PLAIN_NAME = /^[A-Za-z0-9 _.:/%&#=+\\\-@]+$/;
const NAME = /^[\p{L}\p{N}\s_.:/%&#=+\\\-@]+$/u;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Epoch seconds beyond this are milliseconds by mistake, and would overflow microseconds. */
const TIME_MAX = 9e9;
/** Producers round start and end apart. */
const ROUNDING_SECONDS = 0.001;

export const TRACE_FROZEN: Omit<Refusal, 'id'> = {
  code: 'InvalidSegment',
  message:
    'Trace Size Exceeded. Reduce the number of segments per trace and the size of your segment ' +
    'documents.',
};

export function isEntityId(value: unknown): value is string {
  return typeof value === 'string' && ENTITY_ID.test(value);
}

/**
 * Reads one element of TraceSegmentDocuments or one datagram's body. Never throws. Our own
 * documents may pass another size limit.
 */
export function readDocuments(text: string, bytesMax = DOCUMENT_BYTES_MAX): Reading {
  const accepted: AcceptedDocument[] = [];
  const refused: Refusal[] = [];
  if (text.length > bytesMax || (text.length * 3 > bytesMax && byteLength(text) > bytesMax)) {
    return { accepted, refused: [refusal(undefined, 'SegmentTooLarge')] };
  }
  const value = isTooDeep(text) ? undefined : tryParseJson(text);
  if (isObject(value)) {
    readOne(value, text, accepted, refused);
  } else if (Array.isArray(value)) {
    for (const item of value) readOne(item, undefined, accepted, refused);
  } else {
    refused.push(refusal(undefined, 'ParseError'));
  }
  return { accepted, refused };
}

/** Every level takes two characters, so most documents need not be looked at. */
function isTooDeep(text: string): boolean {
  if (text.length <= 2 * DOCUMENT_DEPTH_MAX) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) at += code === BACKSLASH ? 1 : 0;
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      if (++depth > DOCUMENT_DEPTH_MAX) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
  }
  return false;
}

function readOne(
  value: Json,
  text: string | undefined,
  accepted: AcceptedDocument[],
  refused: Refusal[],
): void {
  const problem = isObject(value) ? documentProblem(value) : 'ParseError';
  if (problem !== undefined || !isObject(value)) {
    const id = isObject(value) && typeof value.id === 'string' ? value.id : undefined;
    refused.push(refusal(id, problem ?? 'ParseError'));
    return;
  }
  accepted.push({
    traceId: value.trace_id as string,
    id: value.id as string,
    inProgress: typeof value.end_time !== 'number',
    text: text ?? JSON.stringify(value),
  });
}

function refusal(id: string | undefined, code: string): Refusal {
  const message =
    code === 'InvalidName'
      ? 'Invalid subsegment. ErrorCode: InvalidName, Cause: null'
      : `Invalid segment. ErrorCode: ${code}`;
  return { id, code, message };
}

/** The code of the first thing wrong with a document, or undefined. */
function documentProblem(value: JsonObject): string | undefined {
  if (value.id === undefined || value.id === null || value.id === '') return 'MissingId';
  if (value.trace_id === undefined || value.trace_id === null) return 'MissingTraceId';
  if (typeof value.trace_id !== 'string' || !TRACE_ID.test(value.trace_id)) return 'InvalidTraceId';
  if (value.parent_id !== undefined && value.parent_id !== null && !isEntityId(value.parent_id)) {
    return 'InvalidParentId';
  }
  return entityProblem(value);
}

/** What every segment and subsegment, at any depth, must have. */
function entityProblem(value: JsonObject): string | undefined {
  if (value.id === undefined || value.id === null || value.id === '') return 'MissingId';
  if (!isEntityId(value.id)) return 'InvalidId';
  if (value.name === undefined || value.name === null || value.name === '') return 'MissingName';
  if (!isName(value.name)) return 'InvalidName';
  const start = value.start_time;
  if (start === undefined || start === null) return 'MissingStartTime';
  if (!isTime(start)) return 'InvalidTime';
  const end = value.end_time;
  if (end !== undefined && end !== null) {
    if (!isTime(end) || end < start - ROUNDING_SECONDS) return 'InvalidTime';
  }
  if (Array.isArray(value.subsegments)) {
    for (const child of value.subsegments) {
      const problem = isObject(child) ? entityProblem(child) : 'ParseError';
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function isName(value: Json): boolean {
  if (typeof value !== 'string' || value.length > NAME_LENGTH_MAX) return false;
  return PLAIN_NAME.test(value) || NAME.test(value);
}

function isTime(value: Json): value is number {
  return typeof value === 'number' && value >= 0 && value <= TIME_MAX;
}
