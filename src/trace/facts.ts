/**
 * What is known about a trace as a whole: all that its summary shows and all that a filter
 * expression may ask, in a form that is stored and read without the documents.
 */
import { type CauseFact, causesOf } from './causes.ts';
import type { Service } from './infer.ts';
import {
  ANNOTATIONS_PER_TRACE_MAX,
  RESOURCES_PER_TRACE_MAX,
  SEGMENT_FACTS_MAX,
  SERVICES_PER_TRACE_MAX,
  USERS_PER_TRACE_MAX,
} from './limits.ts';
import type { SegmentDocument } from './segment.ts';
import { ServiceIndex } from './service-index.ts';
import { microseconds } from './stats.ts';
import { callerOf, type TraceSegment, type TraceTree } from './tree.ts';

/** The part of the truth that segments, edges and the trace itself share. */
export interface EntityFact {
  readonly fault?: true;
  readonly error?: true;
  readonly throttle?: true;
  readonly inProgress?: true;
  readonly responseUs?: number;
  readonly http?: HttpFact;
}

export interface HttpFact {
  readonly url?: string;
  readonly method?: string;
  readonly status?: number;
  readonly agent?: string;
  readonly ip?: string;
}

export interface SegmentFact extends EntityFact {
  /** Index into `services`. */
  readonly service: number;
  readonly inferred?: true;
  readonly root?: true;
  readonly user?: string;
}

export interface EdgeFact extends EntityFact {
  /** Index into `services`; absent for the client. */
  readonly from?: number;
  readonly to: number;
}

export interface AnnotationFact {
  readonly key: string;
  readonly value: string | number | boolean;
  readonly services: number[];
}

export interface UserFact {
  readonly name: string;
  readonly services: number[];
}

export interface TraceFacts {
  readonly id: string;
  readonly startUs: number;
  readonly endUs: number;
  /** The root's facts; `throttle` is of any segment. */
  readonly root: EntityFact;
  readonly throttle?: true;
  readonly partial?: true;
  readonly inferred?: true;
  /** Index of the root's service. */
  readonly entry?: number;
  readonly services: readonly Service[];
  readonly segments: readonly SegmentFact[];
  readonly edges: readonly EdgeFact[];
  readonly annotations: readonly AnnotationFact[];
  readonly users: readonly UserFact[];
  readonly arns: readonly string[];
  readonly instances: readonly string[];
  readonly zones: readonly string[];
  readonly faultCauses: readonly CauseFact[];
  readonly errorCauses: readonly CauseFact[];
  readonly responseCauses: readonly CauseFact[];
}

/** A trace always has at least one entity, so there is a time span. */
export function factsOf(tree: TraceTree): TraceFacts {
  const index = new ServiceIndex();
  const entry = tree.root && index.of(tree.root.service);
  const gathered = gather(tree, index);
  const segments: SegmentFact[] = [];
  const edges: EdgeFact[] = [];
  for (const segment of tree.segments) {
    if (segments.length >= SEGMENT_FACTS_MAX) break;
    segments.push(segmentFact(segment, index.of(segment.service), segment === tree.root));
    const edge = edgeFact(tree, segment, index);
    if (edge) edges.push(edge);
  }
  const throttled = tree.segments.some(({ document }) => document.throttle);
  return {
    id: tree.id,
    ...spanOf([...tree.segments.map((segment) => segment.document), ...tree.orphans]),
    root: tree.root ? entityFact(tree.root.document) : {},
    ...(throttled && { throttle: true as const }),
    ...(isPartial(tree) && { partial: true as const }),
    ...(tree.segments.some((segment) => segment.inferred) && { inferred: true as const }),
    ...(entry !== undefined && { entry }),
    segments,
    edges,
    ...gathered,
    ...causesOf(tree, index),
    services: index.services.slice(0, SERVICES_PER_TRACE_MAX),
  };
}

function spanOf(documents: readonly SegmentDocument[]): { startUs: number; endUs: number } {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const document of documents) {
    start = Math.min(start, document.start_time);
    end = Math.max(end, document.end_time ?? document.start_time);
  }
  return { startUs: microseconds(start), endUs: microseconds(end) };
}

function entityFact(entity: SegmentDocument): EntityFact {
  const http = httpFact(entity);
  return {
    ...(entity.fault && { fault: true as const }),
    ...(entity.error && { error: true as const }),
    ...(entity.throttle && { throttle: true as const }),
    ...(entity.end_time === undefined
      ? { inProgress: true as const }
      : { responseUs: microseconds(entity.end_time) - microseconds(entity.start_time) }),
    ...(http && { http }),
  };
}

function httpFact(entity: SegmentDocument): HttpFact | undefined {
  if (!entity.http) return undefined;
  const { request, response } = entity.http;
  const fact: HttpFact = {
    ...(request?.url !== undefined && { url: request.url }),
    ...(request?.method !== undefined && { method: request.method }),
    ...(response?.status !== undefined && { status: response.status }),
    ...(request?.user_agent !== undefined && { agent: request.user_agent }),
    ...(request?.client_ip !== undefined && { ip: request.client_ip }),
  };
  return Object.keys(fact).length > 0 ? fact : undefined;
}

function segmentFact(segment: TraceSegment, service: number, root: boolean): SegmentFact {
  return {
    service,
    ...entityFact(segment.document),
    ...(segment.inferred && { inferred: true as const }),
    ...(root && { root: true as const }),
    ...(segment.document.user !== undefined && { user: segment.document.user }),
  };
}

function edgeFact(
  tree: TraceTree,
  segment: TraceSegment,
  index: ServiceIndex,
): EdgeFact | undefined {
  const to = index.of(segment.service);
  if (segment.document.parent_id === undefined) return { to, ...entityFact(segment.document) };
  const caller = callerOf(tree, segment);
  if (!caller) return undefined;
  return { from: index.of(caller.segment.service), to, ...entityFact(caller.entity) };
}

/** Something is still missing: an end, a parent, or the callee of a call marked as traced. */
function isPartial(tree: TraceTree): boolean {
  if (tree.orphans.length > 0 || !tree.root) return true;
  for (const { entity, segment } of tree.places.values()) {
    if (entity === segment.document && entity.end_time === undefined) return true;
    const traced = entity.traced ?? entity.http?.request?.traced;
    if (traced && !(tree.callees.get(entity.id) ?? []).some((callee) => !callee.inferred)) {
      return true;
    }
  }
  return false;
}

type Gathered = Pick<TraceFacts, 'annotations' | 'users' | 'arns' | 'instances' | 'zones'>;

/** What any segment or subsegment may add, each distinct value once. */
function gather(tree: TraceTree, index: ServiceIndex): Gathered {
  const annotations = new Map<string, AnnotationFact>();
  const users = new Map<string, UserFact>();
  const arns = new Set<string>();
  const instances = new Set<string>();
  const zones = new Set<string>();
  for (const { entity, segment } of tree.places.values()) {
    const service = index.of(segment.service);
    if (entity.annotations) noteAnnotations(entity.annotations, service, annotations);
    if (entity !== segment.document) continue;
    if (entity.user !== undefined) noteUser(entity.user, service, users);
    note(arns, entity.resource_arn);
    // Step Functions names the execution here: the way from an execution to its trace.
    note(arns, entity.aws?.resource_arn);
    const ec2 = entity.aws?.ec2 as { instance_id?: unknown; availability_zone?: unknown } | null;
    note(instances, ec2?.instance_id);
    note(zones, ec2?.availability_zone);
  }
  return {
    annotations: [...annotations.values()],
    users: [...users.values()],
    arns: [...arns],
    instances: [...instances],
    zones: [...zones],
  };
}

function note(into: Set<string>, value: unknown): void {
  if (typeof value === 'string' && into.size < RESOURCES_PER_TRACE_MAX) into.add(value);
}

function noteUser(name: string, service: number, users: Map<string, UserFact>): void {
  const known = users.get(name);
  if (known) noteService(known.services, service);
  else if (users.size < USERS_PER_TRACE_MAX) users.set(name, { name, services: [service] });
}

function noteAnnotations(
  values: Readonly<Record<string, string | number | boolean>>,
  service: number,
  annotations: Map<string, AnnotationFact>,
): void {
  for (const key of Object.keys(values)) {
    const value = values[key]!;
    const id = `${typeof value} ${key}\n${value}`;
    const known = annotations.get(id);
    if (known) noteService(known.services, service);
    else if (annotations.size < ANNOTATIONS_PER_TRACE_MAX) {
      annotations.set(id, { key, value, services: [service] });
    }
  }
}

function noteService(services: number[], service: number): void {
  if (!services.includes(service)) services.push(service);
}
