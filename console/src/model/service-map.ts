/** The service graph as drawn: health shares, rings, rates, and the places of nodes and edges. */

import type { Point } from './layout.ts';
import { placeNodes } from './map-layout.ts';
import type { ServiceEdge, ServiceNode, Statistics } from './shapes.ts';

export type Health = 'fault' | 'throttle' | 'error' | 'ok';
/** Clockwise from twelve o'clock. */
export const HEALTH_ORDER: readonly Health[] = ['fault', 'throttle', 'error', 'ok'];
const SHARE_MIN = 0.02;

export interface HealthCounts {
  readonly fault: number;
  readonly throttle: number;
  readonly error: number;
  readonly ok: number;
  readonly total: number;
}

export function healthOf(statistics: Statistics | undefined): HealthCounts {
  const fault = statistics?.FaultStatistics?.TotalCount ?? 0;
  const throttle = statistics?.ErrorStatistics?.ThrottleCount ?? 0;
  const error = statistics?.ErrorStatistics?.OtherCount ?? 0;
  const ok = statistics?.OkCount ?? 0;
  return { fault, throttle, error, ok, total: fault + throttle + error + ok };
}

export interface Arc {
  readonly health: Health;
  /** Turns from twelve o'clock, 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** The true share; a drawn arc is never thinner than 2%. */
  readonly share: number;
}

/** The arcs of a ring, in fixed order, filling it; none where there was no traffic. */
export function ringArcs(counts: HealthCounts): Arc[] {
  if (counts.total === 0) return [];
  const shares = HEALTH_ORDER.map((health) => ({ health, share: counts[health] / counts.total }));
  const shown = shares.filter(({ share }) => share > 0);
  const widths = shown.map(({ share }) => Math.max(share, SHARE_MIN));
  const sum = widths.reduce((total, width) => total + width, 0);
  let at = 0;
  return shown.map(({ health, share }, index) => {
    const from = at;
    at = index === shown.length - 1 ? 1 : at + widths[index]! / sum;
    return { health, from, to: at, share };
  });
}

/** SVG path of an arc of the circle around (0, 0); a whole circle is two halves. */
export function arcPath(arc: Pick<Arc, 'from' | 'to'>, radius: number): string {
  const end = arc.to;
  if (end - arc.from > 0.999) {
    return `M0 ${-radius}A${radius} ${radius} 0 1 1 0 ${radius}A${radius} ${radius} 0 1 1 0 ${-radius}`;
  }
  const point = (turn: number): string => {
    const angle = turn * 2 * Math.PI - Math.PI / 2;
    return `${(Math.cos(angle) * radius).toFixed(2)} ${(Math.sin(angle) * radius).toFixed(2)}`;
  };
  const large = end - arc.from > 0.5 ? 1 : 0;
  return `M${point(arc.from)}A${radius} ${radius} 0 ${large} 1 ${point(end)}`;
}

export interface MapNode {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly isClient: boolean;
  /** No segment of its own: known from its callers only. */
  readonly isInferred: boolean;
  readonly counts: HealthCounts;
  /** Milliseconds; undefined without traffic. */
  readonly averageMs: number | undefined;
  readonly perMinute: number;
  readonly node: ServiceNode;
  readonly at: Point;
  readonly radius: number;
}

export interface MapEdge {
  readonly key: string;
  readonly from: MapNode;
  readonly to: MapNode;
  readonly edge: ServiceEdge;
  readonly counts: HealthCounts;
  readonly averageMs: number | undefined;
  readonly isLink: boolean;
  readonly width: number;
  readonly points: readonly Point[];
}

export interface ServiceMap {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** Room for the name and type below a circle. */
const LABEL_HEIGHT = 40;
const NODE_SPACE = 168;

/** `minutes`: what the counts are divided by; undefined prints plain counts instead of rates. */
export function layoutServices(services: readonly ServiceNode[], minutes: number): ServiceMap {
  const known = new Map(services.map((service) => [service.ReferenceId, service]));
  const busiest = Math.max(1, ...services.map((service) => statsOf(service, known).total));
  const radii = new Map(
    services.map((service) => {
      const { total } = statsOf(service, known);
      return [service.ReferenceId, radiusFor(total / busiest)];
    }),
  );
  const placed = placeNodes(
    services.map((service) => ({
      id: service.ReferenceId,
      width: NODE_SPACE,
      height: 2 * radii.get(service.ReferenceId)! + LABEL_HEIGHT,
      targets: service.Edges.map((edge) => edge.ReferenceId),
    })),
  );
  const nodes = services.map((service) => {
    const { x, y } = placed.at.get(service.ReferenceId)!;
    const radius = radii.get(service.ReferenceId)!;
    return toNode(service, known, { x, y: y - LABEL_HEIGHT / 2 }, radius, minutes);
  });
  const { width, height, bends } = placed;
  return { width, height, nodes, edges: toEdges(nodes, busiest, bends) };
}

function radiusFor(share: number): number {
  return Math.round(34 + 12 * Math.sqrt(share));
}

/** A client has no statistics of its own: its ring is that of its edges. */
function statsOf(service: ServiceNode, known: ReadonlyMap<number, ServiceNode>): HealthCounts {
  const own = healthOf(service.SummaryStatistics);
  if (own.total > 0 || !isClient(service)) return own;
  return service.Edges.filter((edge) => known.has(edge.ReferenceId))
    .map((edge) => healthOf(edge.SummaryStatistics))
    .reduce(add, healthOf(undefined));
}

function add(a: HealthCounts, b: HealthCounts): HealthCounts {
  return {
    fault: a.fault + b.fault,
    throttle: a.throttle + b.throttle,
    error: a.error + b.error,
    ok: a.ok + b.ok,
    total: a.total + b.total,
  };
}

function isClient(service: ServiceNode): boolean {
  return service.Type === 'client';
}

function toNode(
  service: ServiceNode,
  known: ReadonlyMap<number, ServiceNode>,
  at: Point,
  radius: number,
  minutes: number,
): MapNode {
  const counts = statsOf(service, known);
  return {
    id: service.ReferenceId,
    name: isClient(service) ? 'Client' : service.Name,
    type: isClient(service) ? '' : (service.Type ?? ''),
    isClient: isClient(service),
    isInferred: service.State === 'unknown' && !isClient(service),
    counts,
    averageMs: averageMs(service.SummaryStatistics),
    perMinute: minutes > 0 ? counts.total / minutes : 0,
    node: service,
    at,
    radius,
  };
}

function averageMs(statistics: Statistics | undefined): number | undefined {
  const total = statistics?.TotalCount ?? 0;
  return total > 0 ? ((statistics?.TotalResponseTime ?? 0) * 1000) / total : undefined;
}

function toEdges(
  nodes: readonly MapNode[],
  busiest: number,
  bends: (from: number, to: number) => readonly Point[],
): MapEdge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges: MapEdge[] = [];
  for (const from of nodes) {
    for (const edge of from.node.Edges) {
      const to = byId.get(edge.ReferenceId);
      if (!to || to === from) continue;
      const counts = healthOf(edge.SummaryStatistics);
      edges.push({
        key: `${from.id}-${to.id}`,
        from,
        to,
        edge,
        counts,
        averageMs: averageMs(edge.SummaryStatistics),
        isLink: edge.EdgeType === 'link',
        width: 1.2 + 3 * (Math.log1p(counts.total) / Math.log1p(busiest)),
        points: route(from, to, bends(from.id, to.id)),
      });
    }
  }
  return edges;
}

/**
 * From rim to rim, with room for the arrow. An edge to the next rank is straight; one that passes
 * other ranks bends around what stands there.
 */
function route(from: MapNode, to: MapNode, bends: readonly Point[]): Point[] {
  const middle = bends.length > 1 ? bends : [];
  const start = rim(from, middle[0] ?? to.at, 8);
  const end = rim(to, middle.at(-1) ?? from.at, 12);
  return [start, ...middle, end];
}

/** The point outside a circle, `gap` away from it, in the direction of another point. */
function rim(node: MapNode, towards: Point, gap: number): Point {
  const dx = towards.x - node.at.x;
  const dy = towards.y - node.at.y;
  const length = Math.hypot(dx, dy) || 1;
  const share = (node.radius + gap) / length;
  return { x: node.at.x + dx * share, y: node.at.y + dy * share };
}

/** Half-way along the points, for a label. */
export function midpoint(points: readonly Point[]): Point {
  const at = (points.length - 1) / 2;
  const a = points[Math.floor(at)]!;
  const b = points[Math.ceil(at)]!;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** The class of trouble that an edge or node shows most, from 5% on. */
export function dominant(counts: HealthCounts): Exclude<Health, 'ok'> | undefined {
  if (counts.total === 0) return undefined;
  const worst = (['fault', 'throttle', 'error'] as const).reduce((a, b) =>
    counts[b] > counts[a] ? b : a,
  );
  return counts[worst] / counts.total > 0.05 ? worst : undefined;
}
