/**
 * Places the nodes of a map: parts that are not connected are laid out each for itself, left to
 * right, and then packed into a shape that suits a window.
 */
import { Graph, layout as rank } from '@dagrejs/dagre';
import type { Point } from './layout.ts';

export interface PlainNode {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly targets: readonly number[];
}

export interface Placement {
  readonly width: number;
  readonly height: number;
  /** Centers. */
  readonly at: ReadonlyMap<number, Point>;
  /** Points between the ends of an edge that passes other ranks. */
  readonly bends: (from: number, to: number) => readonly Point[];
}

const GAP = 24;
const ASPECT = 1.7;

export function placeNodes(nodes: readonly PlainNode[]): Placement {
  const parts = connected(nodes).map(layoutPart);
  parts.sort((a, b) => b.height - a.height);
  const packed = pack(parts);
  const at = new Map<number, Point>();
  const bends = new Map<string, readonly Point[]>();
  parts.forEach((part, index) => {
    const corner = packed.corners[index]!;
    const shift = (point: Point): Point => ({ x: point.x + corner.x, y: point.y + corner.y });
    for (const [id, point] of part.at) at.set(id, shift(point));
    for (const [key, points] of part.bends) bends.set(key, points.map(shift));
  });
  const pathOf = (from: number, to: number): readonly Point[] => bends.get(`${from} ${to}`) ?? [];
  return { width: packed.width, height: packed.height, at, bends: pathOf };
}

interface Packed {
  readonly width: number;
  readonly height: number;
  readonly corners: readonly Point[];
}

/** On shelves of the width that lets the whole be drawn largest. */
function pack(parts: readonly Part[]): Packed {
  const area = parts.reduce((sum, part) => sum + (part.width + GAP) * (part.height + GAP), 0);
  const widest = Math.max(0, ...parts.map((part) => part.width));
  const tries = [0.8, 1, 1.2, 1.4, 1.7, 2].map((factor) =>
    shelves(parts, Math.max(widest, Math.sqrt(area * ASPECT) * factor)),
  );
  const scale = (packed: Packed): number => Math.min(ASPECT / packed.width, 1 / packed.height);
  return tries.reduce((best, one) => (scale(one) > scale(best) ? one : best));
}

function shelves(parts: readonly Part[], room: number): Packed {
  let [x, y, shelf, width] = [0, 0, 0, 0];
  const corners = parts.map((part) => {
    if (x > 0 && x + part.width > room) [x, y, shelf] = [0, y + shelf + GAP, 0];
    const corner = { x, y };
    x += part.width + GAP;
    width = Math.max(width, x - GAP);
    shelf = Math.max(shelf, part.height);
    return corner;
  });
  return { width, height: y + shelf, corners };
}

function connected(nodes: readonly PlainNode[]): PlainNode[][] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const near = new Map<number, number[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    for (const target of node.targets.filter((id) => known.has(id))) {
      near.get(node.id)!.push(target);
      near.get(target)!.push(node.id);
    }
  }
  const seen = new Set<number>();
  const parts: PlainNode[][] = [];
  for (const node of nodes) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    const part = [node];
    // Grows while it is walked.
    for (const one of part) {
      for (const id of near.get(one.id)!.filter((other) => !seen.has(other))) {
        seen.add(id);
        part.push(known.get(id)!);
      }
    }
    parts.push(part);
  }
  return parts;
}

interface Part {
  readonly width: number;
  readonly height: number;
  readonly at: ReadonlyMap<number, Point>;
  readonly bends: ReadonlyMap<string, readonly Point[]>;
}

function layoutPart(nodes: readonly PlainNode[]): Part {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 26, ranksep: 74, marginx: 8, marginy: 8 });
  for (const { id, width, height } of nodes) graph.setNode(String(id), { width, height });
  const edges = nodes.flatMap(({ id, targets }) =>
    targets
      .filter((target) => graph.hasNode(String(target)))
      .map((target) => [id, target] as const),
  );
  for (const [from, to] of edges) graph.setEdge(String(from), String(to), {});
  rank(graph);
  const size = graph.graph() as { width?: number; height?: number };
  const center = (id: number): Point => graph.node(String(id)) as unknown as Point;
  const middle = (from: number, to: number): readonly Point[] =>
    (graph.edge(String(from), String(to)) as { points?: Point[] }).points?.slice(1, -1) ?? [];
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    at: new Map(nodes.map(({ id }) => [id, { x: center(id).x, y: center(id).y }])),
    bends: new Map(edges.map(([from, to]) => [`${from} ${to}`, middle(from, to)])),
  };
}
