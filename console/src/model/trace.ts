/**
 * Trace documents as rows of a timeline: segments with their subsegments, a callee's segment below
 * the subsegment that called it, in order of time.
 */
import { isObject, type Json, type JsonObject, tryParseJson } from '../../../src/ground/json.ts';

export type SpanStatus = 'ok' | 'error' | 'fault' | 'throttle' | 'pending';

export interface Span {
  readonly id: string;
  readonly name: string;
  readonly isSegment: boolean;
  /** Node type of the segment it belongs to. */
  readonly origin: string;
  /** Name of the segment it belongs to. */
  readonly service: string;
  /** Milliseconds since the epoch; `end` undefined while in progress. */
  readonly start: number;
  readonly end: number | undefined;
  readonly status: SpanStatus;
  readonly httpStatus: number | undefined;
  /** `Invoke: detect-sentiment`, where it calls an AWS service. */
  readonly note: string | undefined;
  readonly depth: number;
  readonly parent: Span | undefined;
  readonly children: Span[];
  readonly document: JsonObject;
}

export interface TraceTree {
  readonly roots: readonly Span[];
  readonly count: number;
  readonly start: number;
  /** The latest end, or undefined where nothing has ended. */
  readonly end: number | undefined;
  readonly isPartial: boolean;
  readonly byId: ReadonlyMap<string, Span>;
}

interface Draft extends Omit<Span, 'depth' | 'parent'> {
  depth: number;
  parent: Span | undefined;
}

/** `documents`: as BatchGetTraces answers them. Inferred segments only repeat their caller. */
export function readTrace(documents: readonly string[]): TraceTree {
  const byId = new Map<string, Draft>();
  const segments: Draft[] = [];
  for (const text of documents) {
    const document = tryParseJson(text);
    if (!isObject(document ?? null) || (document as JsonObject).inferred === true) continue;
    segments.push(readSpan(document as JsonObject, undefined, byId));
  }
  const roots: Draft[] = [];
  for (const segment of segments) {
    const caller = byId.get(text(segment.document.parent_id) ?? '');
    if (caller && caller !== segment && !isBelow(caller, segment)) {
      segment.parent = caller;
      caller.children.push(segment);
    } else {
      roots.push(segment);
    }
  }
  roots.sort(byStart);
  for (const span of byId.values()) span.children.sort(byStart);
  for (const root of roots) setDepth(root, 0);
  const spans = [...byId.values()];
  const ends = spans.map((span) => span.end).filter((end) => end !== undefined);
  return {
    roots,
    count: spans.length,
    start: spans.reduce((least, span) => Math.min(least, span.start), Number.POSITIVE_INFINITY),
    end: ends.length > 0 ? ends.reduce((most, end) => Math.max(most, end)) : undefined,
    isPartial: spans.some((span) => span.end === undefined),
    byId,
  };
}

function readSpan(document: JsonObject, owner: Draft | undefined, byId: Map<string, Draft>): Draft {
  const end = number(document.end_time);
  const span: Draft = {
    id: text(document.id) ?? `${owner?.id ?? ''}.${byId.size}`,
    name: text(document.name) ?? '(unnamed)',
    isSegment: owner === undefined,
    origin: owner?.origin ?? text(document.origin) ?? '',
    service: owner?.service ?? text(document.name) ?? '',
    start: (number(document.start_time) ?? 0) * 1000,
    end: end === undefined || document.in_progress === true ? undefined : end * 1000,
    status: statusOf(document),
    httpStatus: number(member(document.http, 'response', 'status')),
    note: noteOf(document),
    depth: 0,
    parent: owner,
    children: [],
    document,
  };
  byId.set(span.id, span);
  for (const child of Array.isArray(document.subsegments) ? document.subsegments : []) {
    if (isObject(child)) span.children.push(readSpan(child, span, byId));
  }
  return span;
}

/** In order of time; of two that start together the one that ends first. */
function byStart(a: Span, b: Span): number {
  if (a.start !== b.start) return a.start - b.start;
  return (a.end ?? Number.POSITIVE_INFINITY) < (b.end ?? Number.POSITIVE_INFINITY) ? -1 : 1;
}

/** A cycle of parents in what was sent must not hang the page. */
function isBelow(span: Span, top: Span): boolean {
  for (let at: Span | undefined = span; at; at = at.parent) if (at === top) return true;
  return false;
}

function setDepth(span: Span, depth: number): void {
  (span as Draft).depth = depth;
  for (const child of span.children) setDepth(child, depth + 1);
}

function statusOf(document: JsonObject): SpanStatus {
  if (document.fault === true) return 'fault';
  if (document.throttle === true) return 'throttle';
  if (document.error === true) return 'error';
  return document.in_progress === true ? 'pending' : 'ok';
}

function noteOf(document: JsonObject): string | undefined {
  const operation = text(member(document.aws, 'operation'));
  const names = member(document.aws, 'resource_names');
  const resource =
    (Array.isArray(names) ? text(names[0]) : undefined) ??
    text(member(document.aws, 'function_name')) ??
    text(member(document.aws, 'table_name'));
  if (operation) return resource ? `${operation}: ${resource}` : operation;
  const url = text(member(document.http, 'request', 'url'));
  if (url) return `${text(member(document.http, 'request', 'method')) ?? 'GET'} ${url}`;
  return text(member(document.sql, 'sanitized_query'));
}

/** The rows to draw, top to bottom; what is below a closed row is left out. */
export function visibleRows(tree: TraceTree, closed: ReadonlySet<string>): Span[] {
  const rows: Span[] = [];
  const visit = (span: Span): void => {
    rows.push(span);
    if (!closed.has(span.id)) span.children.forEach(visit);
  };
  tree.roots.forEach(visit);
  return rows;
}

interface TraceException {
  readonly type: string;
  readonly message: string;
  readonly isRemote: boolean;
  readonly stack: readonly {
    readonly path: string;
    readonly line?: number;
    readonly label: string;
  }[];
  readonly skipped: number;
}

export interface Cause {
  readonly message?: string;
  readonly workingDirectory?: string;
  readonly paths: readonly string[];
  readonly exceptions: readonly TraceException[];
}

/** What went wrong in a span, or undefined; an id points to an exception recorded further down. */
export function causeOf(span: Span): Cause | undefined {
  const { cause } = span.document;
  const id = typeof cause === 'string' ? cause : text(member(cause, 'id'));
  if (id && !Array.isArray(member(cause, 'exceptions'))) return findException(span, id);
  if (!isObject(cause ?? null)) return undefined;
  const { message, working_directory, paths, exceptions } = cause as JsonObject;
  const read = Array.isArray(exceptions) ? exceptions.filter(isObject).map(readException) : [];
  if (read.length === 0 && text(message) === undefined) return undefined;
  return {
    ...(text(message) === undefined ? {} : { message: text(message)! }),
    ...(text(working_directory) ? { workingDirectory: text(working_directory)! } : {}),
    paths: Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [],
    exceptions: read,
  };
}

function findException(span: Span, id: string): Cause | undefined {
  for (const child of span.children) {
    const exceptions = member(child.document.cause, 'exceptions');
    const found = Array.isArray(exceptions)
      ? exceptions.filter(isObject).find((exception) => exception.id === id)
      : undefined;
    if (found) return { paths: [], exceptions: [readException(found)] };
    const deeper = findException(child, id);
    if (deeper) return deeper;
  }
  return undefined;
}

function readException(exception: JsonObject): TraceException {
  const stack = Array.isArray(exception.stack) ? exception.stack.filter(isObject) : [];
  return {
    type: text(exception.type) ?? 'Error',
    message: text(exception.message) ?? '',
    isRemote: exception.remote === true,
    skipped: (number(exception.truncated) ?? 0) + (number(exception.skipped) ?? 0),
    stack: stack.map((frame) => {
      const line = number(frame.line);
      return {
        path: text(frame.path) ?? '',
        label: text(frame.label) ?? '',
        ...(line === undefined ? {} : { line }),
      };
    }),
  };
}

/** The execution that a state machine's segment tells of. */
export function executionOf(span: Span): string | undefined {
  const arn = text(member(span.document.aws, 'resource_arn'));
  return arn && /^arn:[^:]+:states:[^:]*:[^:]*:(execution|express):/.test(arn) ? arn : undefined;
}

export function logGroupsOf(span: Span): string[] {
  const logs = member(span.document.aws, 'cloudwatch_logs');
  if (!Array.isArray(logs)) return [];
  return logs.map((log) => text(member(log, 'log_group'))).filter((name) => name !== undefined);
}

/** The span to look at first: the deepest one that went wrong and says why. */
export function firstTrouble(tree: TraceTree): Span | undefined {
  let best: Span | undefined;
  for (const span of tree.byId.values()) {
    if (span.status === 'ok' || span.status === 'pending' || !causeOf(span)) continue;
    if (!best || span.depth > best.depth) best = span;
  }
  return best;
}

export function member(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at ?? null) ? (at as JsonObject)[key] : undefined;
  return at;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
