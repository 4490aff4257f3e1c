/**
 * Root causes: the path from the entry of a trace to the deepest entity that failed, or that took
 * most of the time. AWS documents the shapes, not the algorithm; this one follows, at each level,
 * the failed child that ended last, or the child with the largest share of the time.
 */

import { ROOT_CAUSE_COVERAGE_MIN, ROOT_CAUSES_MAX } from './limits.ts';
import type { ExceptionBlock, SegmentDocument } from './segment.ts';
import type { ServiceIndex } from './service-index.ts';
import type { TraceSegment, TraceTree } from './tree.ts';

export interface CauseEntity {
  readonly name: string;
  readonly remote?: true;
  readonly exceptions?: readonly { readonly name?: string; readonly message?: string }[];
  /** Share of the root's time; response time causes only. */
  readonly coverage?: number;
}

export interface CauseService {
  readonly service: number;
  readonly inferred?: true;
  readonly path: readonly CauseEntity[];
}

export interface CauseFact {
  readonly clientImpacting: boolean;
  readonly services: readonly CauseService[];
}

export interface Causes {
  readonly faultCauses: CauseFact[];
  readonly errorCauses: CauseFact[];
  readonly responseCauses: CauseFact[];
}

/** The weight of a candidate for the next step, or undefined where it is none. */
type Choose = (entity: SegmentDocument) => number | undefined;
type Describe = (entity: SegmentDocument, isSegment: boolean) => CauseEntity;

export function causesOf(tree: TraceTree, index: ServiceIndex): Causes {
  const isFault = (entity: SegmentDocument): boolean => entity.fault === true;
  const isError = (entity: SegmentDocument): boolean => entity.error === true && !entity.fault;
  return {
    faultCauses: failures(tree, index, isFault),
    errorCauses: failures(tree, index, isError),
    responseCauses: slowness(tree, index),
  };
}

function failures(
  tree: TraceTree,
  index: ServiceIndex,
  failed: (entity: SegmentDocument) => boolean,
): CauseFact[] {
  const rootFailed = tree.root !== undefined && failed(tree.root.document);
  const starts = rootFailed ? [tree.root!] : highestFailed(tree, failed);
  const choose: Choose = (entity) =>
    failed(entity) ? (entity.end_time ?? entity.start_time) : undefined;
  const causes = new Map<string, CauseFact>();
  for (const start of starts) {
    if (causes.size >= ROOT_CAUSES_MAX) break;
    const services = follow(tree, index, start, choose, describeFailure);
    const key = JSON.stringify(services.map((it) => [it.service, it.path.map(({ name }) => name)]));
    if (!causes.has(key)) causes.set(key, { clientImpacting: rootFailed, services });
  }
  return [...causes.values()];
}

/** Failed segments without a failed caller's segment. */
function highestFailed(
  tree: TraceTree,
  failed: (entity: SegmentDocument) => boolean,
): TraceSegment[] {
  return tree.segments.filter(({ document }) => {
    if (!failed(document)) return false;
    const above = document.parent_id && tree.places.get(document.parent_id)?.segment;
    return !above || above.document === document || !failed(above.document);
  });
}

function slowness(tree: TraceTree, index: ServiceIndex): CauseFact[] {
  const root = tree.root;
  if (!root || root.document.end_time === undefined) return [];
  const whole = seconds(root.document);
  if (whole <= 0) return [];
  const choose: Choose = (entity) => {
    const share = seconds(entity) / whole;
    return share >= ROOT_CAUSE_COVERAGE_MIN ? share : undefined;
  };
  const describe: Describe = (entity, isSegment) => ({
    name: entity.name,
    ...(!isSegment && entity.namespace !== undefined && { remote: true as const }),
    coverage: Math.round(Math.min(1, seconds(entity) / whole) * 1000) / 1000,
  });
  return [{ clientImpacting: true, services: follow(tree, index, root, choose, describe) }];
}

function seconds(entity: SegmentDocument): number {
  return (entity.end_time ?? entity.start_time) - entity.start_time;
}

/** Goes down from `start`: into the best subsegment, else into the best segment it called. */
function follow(
  tree: TraceTree,
  index: ServiceIndex,
  start: TraceSegment,
  choose: Choose,
  describe: Describe,
): CauseService[] {
  const services: CauseService[] = [];
  const visited = new Set<string>();
  let segment: TraceSegment | undefined = start;
  while (segment && !visited.has(segment.document.id)) {
    visited.add(segment.document.id);
    const path = [describe(segment.document, true)];
    let entity: SegmentDocument = segment.document;
    for (;;) {
      const child = best(entity.subsegments ?? [], (it) => it, choose);
      if (!child) break;
      path.push(describe(child, false));
      entity = child;
    }
    services.push({
      service: index.of(segment.service),
      ...(segment.inferred && { inferred: true as const }),
      path,
    });
    const callees: readonly TraceSegment[] = tree.callees.get(entity.id) ?? [];
    segment = best(callees, (callee) => callee.document, choose);
  }
  return services;
}

function best<T>(
  items: readonly T[],
  entityOf: (item: T) => SegmentDocument,
  choose: Choose,
): T | undefined {
  let chosen: T | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    const weight = choose(entityOf(item));
    if (weight !== undefined && weight > highest) {
      chosen = item;
      highest = weight;
    }
  }
  return chosen;
}

const describeFailure: Describe = (entity, isSegment) => {
  const exceptions = exceptionsOf(entity).map((exception) => ({
    ...(exception.type !== undefined && { name: exception.type }),
    ...(exception.message !== undefined && { message: exception.message }),
  }));
  return {
    name: entity.name,
    ...(!isSegment && entity.namespace !== undefined && { remote: true as const }),
    ...(exceptions.length > 0 && { exceptions }),
  };
};

/** The exceptions of a cause; one given by id is looked up below the entity. */
function exceptionsOf(entity: SegmentDocument): ExceptionBlock[] {
  const { cause } = entity;
  if (typeof cause !== 'string') return cause?.exceptions ?? [];
  const waiting = [...(entity.subsegments ?? [])];
  for (let at = 0; at < waiting.length; at++) {
    const below = waiting[at]!;
    const found =
      typeof below.cause === 'object' && below.cause.exceptions?.find(({ id }) => id === cause);
    if (found) return [found];
    for (const deeper of below.subsegments ?? []) waiting.push(deeper);
  }
  return [];
}
