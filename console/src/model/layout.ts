/**
 * Places the states of a definition: dagre ranks each flow, containers are laid out first and stand
 * in their flow as one box. Coordinates are absolute; the same input gives the same picture.
 */
import { Graph, layout as rank } from '@dagrejs/dagre';
import { describeResource, type Flow, type StateNode, type Transition } from './definition.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LaidNode {
  readonly node: StateNode;
  /** Top left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isContainer: boolean;
}

export interface LaidEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Transition['kind'] | 'start' | 'end';
  readonly label?: string;
  readonly points: readonly Point[];
  readonly labelAt?: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Containers before what they contain. */
  readonly nodes: readonly LaidNode[];
  readonly edges: readonly LaidEdge[];
  /** The Start and End dots; none inside containers. */
  readonly dots: readonly { readonly kind: 'start' | 'end'; readonly at: Point }[];
}

const NODE_HEIGHT = 44;
const NODE_WIDTH_MIN = 132;
const NODE_WIDTH_MAX = 248;
const CHAR_WIDTH = 7.1;
const DETAIL_CHAR_WIDTH = 5.7;
const HEAD = 34;
const PAD = 16;
const GAP = 18;
const DOT = 22;
const LABEL_CHARS_MAX = 26;
const START = '\u0000start';
const END = '\u0000end';

interface Box {
  readonly width: number;
  readonly height: number;
  readonly inner: readonly Layout[];
}

export function layoutFlow(flow: Flow, top = true): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 34, edgesep: 14, marginx: 4, marginy: 4 });
  const boxes = new Map(flow.states.map((state) => [state.name, measure(state)]));
  for (const [name, box] of boxes) graph.setNode(name, { width: box.width, height: box.height });
  const edges = transitionsOf(flow, boxes, top);
  if (top) {
    graph.setNode(START, { width: DOT, height: DOT });
    if (edges.some((edge) => edge.to === END)) graph.setNode(END, { width: DOT, height: DOT });
  }
  edges.forEach((edge, index) => {
    const width = edge.label ? edge.label.length * 6.2 + 10 : 0;
    graph.setEdge(
      edge.from,
      edge.to,
      { width, height: edge.label ? 18 : 0, labelpos: 'c', weight: edge.kind === 'catch' ? 1 : 4 },
      String(index),
    );
  });
  rank(graph);
  return collect(flow, boxes, graph, edges);
}

type PlainEdge = Omit<LaidEdge, 'points' | 'labelAt'>;

function transitionsOf(flow: Flow, boxes: ReadonlyMap<string, Box>, top: boolean): PlainEdge[] {
  const edges: PlainEdge[] = [];
  if (top && boxes.has(flow.startAt)) edges.push({ from: START, to: flow.startAt, kind: 'start' });
  for (const state of flow.states) {
    for (const { to, kind, label } of state.next) {
      const shown = kind === 'catch' || !label ? undefined : shorten(label);
      if (boxes.has(to)) {
        edges.push({ from: state.name, to, kind, ...(shown ? { label: shown } : {}) });
      }
    }
    if (top && state.ends) edges.push({ from: state.name, to: END, kind: 'end' });
  }
  return edges;
}

function shorten(label: string): string {
  return label.length <= LABEL_CHARS_MAX ? label : `${label.slice(0, LABEL_CHARS_MAX - 1)}…`;
}

function measure(state: StateNode): Box {
  // Name, and below it the duration and what is called, in smaller letters.
  const detail = (describeResource(state.raw) ?? state.type).length + 9;
  const text = Math.max(state.name.length * CHAR_WIDTH, detail * DETAIL_CHAR_WIDTH) + 52;
  const width = Math.round(Math.min(NODE_WIDTH_MAX, Math.max(NODE_WIDTH_MIN, text)));
  if (state.flows.length === 0) return { width, height: NODE_HEIGHT, inner: [] };
  const inner = state.flows.map((flow) => layoutFlow(flow, false));
  const total = inner.reduce((sum, one) => sum + one.width, 0) + GAP * (inner.length - 1);
  const tallest = Math.max(...inner.map((one) => one.height));
  return { width: Math.max(width, total + 2 * PAD), height: HEAD + tallest + PAD, inner };
}

function collect(
  flow: Flow,
  boxes: ReadonlyMap<string, Box>,
  graph: Graph,
  edges: readonly PlainEdge[],
): Layout {
  const nodes: LaidNode[] = [];
  const laid: LaidEdge[] = edges.map((edge, index) => {
    const { points, x, y } = graph.edge(edge.from, edge.to, String(index)) as Placed;
    return { ...edge, points: points ?? [], ...(edge.label ? { labelAt: { x: x!, y: y! } } : {}) };
  });
  for (const state of flow.states) {
    const box = boxes.get(state.name)!;
    const { x: cx, y: cy } = graph.node(state.name) as unknown as Point;
    const x = cx - box.width / 2;
    const y = cy - box.height / 2;
    const isContainer = box.inner.length > 0;
    nodes.push({ node: state, x, y, width: box.width, height: box.height, isContainer });
    const total = box.inner.reduce((sum, one) => sum + one.width, 0) + GAP * (box.inner.length - 1);
    let left = x + (box.width - total) / 2;
    for (const inner of box.inner) {
      const shift = { x: left, y: y + HEAD };
      nodes.push(...inner.nodes.map((one) => ({ ...one, x: one.x + shift.x, y: one.y + shift.y })));
      laid.push(...inner.edges.map((one) => shiftEdge(one, shift)));
      left += inner.width + GAP;
    }
  }
  const dots = ([START, END] as const)
    .filter((id) => graph.hasNode(id))
    .map((id) => {
      const { x, y } = graph.node(id) as unknown as Point;
      return { kind: id === START ? ('start' as const) : ('end' as const), at: { x, y } };
    });
  const { width, height } = graph.graph() as { width?: number; height?: number };
  return { width: width ?? 0, height: height ?? 0, nodes, edges: laid, dots };
}

interface Placed {
  readonly points?: readonly Point[];
  readonly x?: number;
  readonly y?: number;
}

function shiftEdge(edge: LaidEdge, by: Point): LaidEdge {
  const move = (point: Point): Point => ({ x: point.x + by.x, y: point.y + by.y });
  return {
    ...edge,
    points: edge.points.map(move),
    ...(edge.labelAt ? { labelAt: move(edge.labelAt) } : {}),
  };
}

/** A smooth SVG path through dagre's points: straight ends, quadratic curves at the corners. */
export function smoothPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) {
      parts.push(`L${round(point.x)} ${round(point.y)}`);
      return;
    }
    const end = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    parts.push(`Q${round(point.x)} ${round(point.y)} ${round(end.x)} ${round(end.y)}`);
  });
  return parts.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
