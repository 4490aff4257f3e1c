/**
 * The routes of a rest service as a tree of path segments: literal before label before greedy
 * label; of several operations on one path the one with the most fixed query parameters that match.
 */
import type { Operation } from './model.ts';

export interface Found {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: Operation;
  readonly labelNames: readonly string[];
  readonly fixed: readonly (readonly [string, string])[];
}

class Node {
  readonly literals = new Map<string, Node>();
  label: Node | undefined;
  /** Routes whose last label takes the rest of the path. */
  readonly greedy: Route[] = [];
  readonly routes: Route[] = [];
}

export class PathTree {
  readonly #root = new Node();

  constructor(operations: Iterable<Operation>) {
    for (const operation of operations) this.#add(operation);
  }

  #add(operation: Operation): void {
    const [path, query = ''] = operation.uri.split('?') as [string, string?];
    const fixed = [...new URLSearchParams(query)];
    const labelNames: string[] = [];
    let node = child(this.#root, operation.method);
    for (const segment of segmentsOf(path)) {
      const label = /^\{(.+?)(\+?)\}$/.exec(segment);
      if (!label) {
        node = child(node, segment);
        continue;
      }
      labelNames.push(label[1]!);
      if (label[2]) {
        insert(node.greedy, { operation, labelNames, fixed });
        return;
      }
      node.label ??= new Node();
      node = node.label;
    }
    insert(node.routes, { operation, labelNames, fixed });
  }

  /** The operation at a path that is still percent-encoded; a trailing slash makes no difference. */
  find(method: string, path: string, query: string): Found | undefined {
    const start = this.#root.literals.get(method);
    return start && walk(start, segmentsOf(path), 0, [], query);
  }
}

function child(node: Node, segment: string): Node {
  let next = node.literals.get(segment);
  if (!next) {
    next = new Node();
    node.literals.set(segment, next);
  }
  return next;
}

function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function insert(routes: Route[], route: Route): void {
  routes.push(route);
  routes.sort((a, b) => b.fixed.length - a.fixed.length);
}

function walk(
  node: Node,
  segments: readonly string[],
  index: number,
  values: readonly string[],
  query: string,
): Found | undefined {
  const segment = segments[index];
  if (segment === undefined) return pick(node.routes, values, query);
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, segments, index + 1, values, query);
  if (found) return found;
  const value = decode(segment);
  if (value && node.label) {
    const labelled = walk(node.label, segments, index + 1, [...values, value], query);
    if (labelled) return labelled;
  }
  if (node.greedy.length === 0) return undefined;
  const rest = decode(segments.slice(index).join('/'));
  return rest ? pick(node.greedy, [...values, rest], query) : undefined;
}

function pick(
  routes: readonly Route[],
  values: readonly string[],
  query: string,
): Found | undefined {
  const route = routes.find(
    ({ fixed }) =>
      fixed.length === 0 ||
      fixed.every(([name, value]) => new URLSearchParams(query).get(name) === value),
  );
  if (!route) return undefined;
  const labels: Record<string, string> = {};
  route.labelNames.forEach((name, i) => {
    labels[name] = values[i]!;
  });
  return { operation: route.operation, labels };
}

/** The text of a percent-encoded part, or undefined where it is malformed. */
function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
