/**
 * The routes of a rest service as a tree of path segments: literals before labels before greedy
 * labels.
 *
 * Of several operations at one place the one with the most fixed query parameters that match; then
 * the one with the most required parameters and headers, if all of them are given, as only those
 * tell UploadPart from PutObject; then one that is not deprecated.
 */
import type { Member, Operation } from '../model/shapes.ts';
import type { WireHead } from '../request.ts';

interface Found {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: Operation;
  readonly labelNames: readonly string[];
  readonly fixed: readonly (readonly [string, string])[];
  /** Names of required members in the query string, and in headers. */
  readonly parameters: readonly string[];
  readonly headers: readonly string[];
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
    const route: Route = {
      operation,
      labelNames,
      fixed,
      parameters: requiredAt(operation, 'querystring'),
      headers: requiredAt(operation, 'header').map((name) => name.toLowerCase()),
    };
    let node = child(this.#root, operation.method);
    for (const segment of segmentsOf(path)) {
      const label = /^\{(.+?)(\+?)\}$/.exec(segment);
      if (!label) {
        node = child(node, segment);
        continue;
      }
      labelNames.push(label[1]!);
      if (label[2]) {
        insert(node.greedy, route);
        return;
      }
      node.label ??= new Node();
      node = node.label;
    }
    insert(node.routes, route);
  }

  /**
   * The operation at a path that is still percent-encoded; a trailing slash makes no difference but
   * to a greedy label, whose end it is.
   */
  find(request: WireHead): Found | undefined {
    const start = this.#root.literals.get(request.method);
    return start && walk(start, segmentsOf(request.path), 0, [], request);
  }
}

function requiredAt({ input }: Operation, location: Member['location']): string[] {
  const members = input?.members.filter((one) => one.required && one.location === location);
  return members?.map(({ wireName }) => wireName) ?? [];
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
  const demands = ({ parameters, headers }: Route): number => parameters.length + headers.length;
  routes.sort(
    (a, b) =>
      b.fixed.length - a.fixed.length ||
      demands(b) - demands(a) ||
      Number(a.operation.deprecated) - Number(b.operation.deprecated),
  );
}

function walk(
  node: Node,
  segments: readonly string[],
  index: number,
  values: readonly string[],
  request: WireHead,
): Found | undefined {
  const segment = segments[index];
  if (segment === undefined) return pick(node.routes, values, request);
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, segments, index + 1, values, request);
  if (found) return found;
  const value = decode(segment);
  if (value && node.label) {
    const labelled = walk(node.label, segments, index + 1, [...values, value], request);
    if (labelled) return labelled;
  }
  if (node.greedy.length === 0) return undefined;
  const end = request.path.endsWith('/') ? '/' : '';
  const rest = decode(segments.slice(index).join('/') + end);
  return rest ? pick(node.greedy, [...values, rest], request) : undefined;
}

function pick(
  routes: readonly Route[],
  values: readonly string[],
  request: WireHead,
): Found | undefined {
  const route = routes.length > 1 || routes[0]?.fixed.length ? chosen(routes, request) : routes[0];
  if (!route) return undefined;
  const labels: Record<string, string> = {};
  route.labelNames.forEach((name, i) => {
    labels[name] = values[i]!;
  });
  return { operation: route.operation, labels };
}

/** Of those with the most fixed parameters the first whose demands are met, else the least demanding. */
function chosen(routes: readonly Route[], { query, headers }: WireHead): Route | undefined {
  const given = new URLSearchParams(query);
  const fits = routes.filter(({ fixed }) =>
    fixed.every(([name, value]) => given.get(name) === value),
  );
  const best = fits.filter(({ fixed }) => fixed.length === fits[0]!.fixed.length);
  const met = best.find(
    (route) =>
      route.parameters.every((name) => given.has(name)) &&
      route.headers.every((name) => headers[name] !== undefined),
  );
  return met ?? best.findLast(({ operation }) => !operation.deprecated) ?? best.at(-1);
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
