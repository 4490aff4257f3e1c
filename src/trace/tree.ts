/**
 * From the documents of one trace, in any order and possibly incomplete, to one tree: independent
 * subsegments hang below their parents, calls without an answer get an inferred segment.
 *
 * The result does not depend on the order in which documents arrived, except where two of them with
 * the same id disagree: then the later complete one counts. Documents are those that
 * `readDocuments` accepted.
 */
import { isObject, type JsonObject, parseJson } from '../ground/json.ts';
import { calledService, inferredSegment, type Service, serviceOf } from './infer.ts';
import { TREE_DEPTH_MAX } from './limits.ts';
import { normalise } from './normalise.ts';
import type { SegmentDocument } from './segment.ts';

export interface TraceSegment {
  readonly document: SegmentDocument;
  readonly service: Service;
  readonly inferred: boolean;
}

/** A segment or subsegment and the segment it is part of. */
export interface Place {
  readonly entity: SegmentDocument;
  readonly segment: TraceSegment;
}

export interface TraceTree {
  readonly id: string;
  /** By start time; inferred ones included. */
  readonly segments: readonly TraceSegment[];
  /** Independent subsegments whose parent has not come. */
  readonly orphans: readonly SegmentDocument[];
  readonly root: TraceSegment | undefined;
  /** Every segment and every subsegment that has one, by id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Segments by the id of the entity that called them. */
  readonly callees: ReadonlyMap<string, readonly TraceSegment[]>;
}

interface Part {
  entity: SegmentDocument;
  /** True for a document that is a segment of its own. */
  readonly top: boolean;
  readonly parentId: string | undefined;
}

/** Builds the tree of the documents of one trace, oldest first. */
export function treeOf(id: string, texts: readonly string[]): TraceTree {
  const parts = new Map<string, Part>();
  for (const text of texts) {
    const value = parseJson(text);
    if (isObject(value)) flatten(value, parts);
  }
  const children = childrenByParent(parts);
  const segments: TraceSegment[] = [];
  const places = new Map<string, Place>();
  for (const { entity, top } of parts.values()) {
    if (!top) continue;
    const segment = { document: entity, service: serviceOf(entity), inferred: false };
    segments.push(segment);
    hang(entity, children, (child) => places.set(child.id, { entity: child, segment }));
  }
  const orphans = orphansOf(parts, places, children);
  const callees = new Map<string, TraceSegment[]>();
  for (const segment of segments) noteCallee(segment, callees);
  for (const segment of inferAll(id, places, callees)) segments.push(segment);
  segments.sort((a, b) => byStart(a.document, b.document));
  return { id, segments, orphans, root: rootOf(segments), places, callees };
}

/** Splits a document into its entities; of two with one id the better one is kept. */
function flatten(document: JsonObject, parts: Map<string, Part>): void {
  const top = document.type !== 'subsegment';
  const waiting: { value: JsonObject; parentId: string | undefined; first: boolean }[] = [
    { value: document, parentId: undefined, first: true },
  ];
  for (let at = 0; at < waiting.length; at++) {
    const { value, parentId, first } = waiting[at]!;
    const { entity, children } = normalise(value);
    const part = { entity, top: first && top, parentId: first ? entity.parent_id : parentId };
    const known = parts.get(entity.id);
    if (!known || isBetter(part, known)) parts.set(entity.id, part);
    for (const child of children) waiting.push({ value: child, parentId: entity.id, first: false });
  }
}

/** A subsegment never takes the place of a segment, whatever id a producer gave it. */
function isBetter(part: Part, known: Part): boolean {
  if (part.top !== known.top) return part.top;
  return isComplete(part.entity) || !isComplete(known.entity);
}

function isComplete(entity: SegmentDocument): boolean {
  return entity.end_time !== undefined;
}

function childrenByParent(parts: ReadonlyMap<string, Part>): Map<string, SegmentDocument[]> {
  const children = new Map<string, SegmentDocument[]>();
  for (const { entity, top, parentId } of parts.values()) {
    if (top || parentId === undefined) continue;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(entity);
    else children.set(parentId, [entity]);
  }
  for (const siblings of children.values()) siblings.sort(byStart);
  return children;
}

/**
 * Puts all that belongs below `top` into its `subsegments`, without recursion and each entity once,
 * also where parents go round in a circle. What lies deeper than the bound becomes a child of the
 * last entity within it.
 */
function hang(
  top: SegmentDocument,
  children: Map<string, SegmentDocument[]>,
  visit: (entity: SegmentDocument) => void,
): void {
  const waiting = [{ entity: top, host: top, depth: 0 }];
  for (let at = 0; at < waiting.length; at++) {
    const { entity, host, depth } = waiting[at]!;
    visit(entity);
    // Of all that hangs here only `top` can come again: everything else has one parent.
    const below = children.get(entity.id)?.filter((child) => child !== top);
    if (!below) continue;
    children.delete(entity.id);
    if (below.length === 0) continue;
    const deep = depth >= TREE_DEPTH_MAX;
    host.subsegments = [...(host.subsegments ?? []), ...below];
    for (const child of below) {
      child.type = undefined;
      child.trace_id = undefined;
      child.parent_id = undefined;
      waiting.push({ entity: child, host: deep ? host : child, depth: depth + 1 });
    }
  }
}

/** What no segment reaches: first those whose parent is missing, then what only cycles reach. */
function orphansOf(
  parts: ReadonlyMap<string, Part>,
  places: ReadonlyMap<string, Place>,
  children: Map<string, SegmentDocument[]>,
): SegmentDocument[] {
  const left = [...parts.values()].filter(({ entity }) => !places.has(entity.id));
  const reached = new Set<string>();
  const orphans: SegmentDocument[] = [];
  const missing = left.filter((part) => part.parentId === undefined || !parts.has(part.parentId));
  for (const { entity } of [...missing, ...left]) {
    if (reached.has(entity.id)) continue;
    orphans.push(entity);
    hang(entity, children, (child) => reached.add(child.id));
  }
  return orphans.sort(byStart);
}

function noteCallee(segment: TraceSegment, callees: Map<string, TraceSegment[]>): void {
  const caller = segment.document.parent_id;
  if (caller === undefined) return;
  const others = callees.get(caller);
  if (others) others.push(segment);
  else callees.set(caller, [segment]);
}

/** A call that is still going on may yet be answered by its callee's own segment. */
function inferAll(
  traceId: string,
  places: ReadonlyMap<string, Place>,
  callees: Map<string, TraceSegment[]>,
): TraceSegment[] {
  const inferred: TraceSegment[] = [];
  for (const { entity, segment } of places.values()) {
    if (entity === segment.document || entity.namespace === undefined) continue;
    if (!isComplete(entity) || callees.has(entity.id)) continue;
    const { service, origin } = calledService(entity);
    inferred.push({ document: inferredSegment(traceId, entity, origin), service, inferred: true });
  }
  for (const segment of inferred) noteCallee(segment, callees);
  return inferred;
}

/** The earliest segment without a caller; where all have one, the earliest of all. */
function rootOf(segments: readonly TraceSegment[]): TraceSegment | undefined {
  const own = segments.filter((segment) => !segment.inferred);
  return own.find((segment) => segment.document.parent_id === undefined) ?? own[0];
}

function byStart(a: SegmentDocument, b: SegmentDocument): number {
  return a.start_time - b.start_time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The entity that called a segment, where it is in the trace and not the segment itself. */
export function callerOf(tree: TraceTree, segment: TraceSegment): Place | undefined {
  const id = segment.document.parent_id;
  const place = id === undefined ? undefined : tree.places.get(id);
  return place?.segment === segment ? undefined : place;
}

/** Text of a processed segment, as BatchGetTraces answers it. */
export function printSegment(document: SegmentDocument): string {
  return JSON.stringify(document);
}
