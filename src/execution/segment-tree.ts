/**
 * The documents of one execution as a tree: the segment, the states in it, Branches and Iterations,
 * calls. `flush` answers those that are new or changed since the last flush; what has ended is
 * forgotten once it is handed out.
 */
import { byteLength, type Json, type JsonObject, printJson } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Failure } from './record.ts';
import { causeOf } from './segment-failure.ts';
import { type Digest, segmentId } from './segment-names.ts';

/** A finished execution travels as one document up to here; X-Ray refuses more than 64 KB. */
const INLINE_BYTES_MAX = 60_000;

export interface TracedExecution {
  readonly arn: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly redriveCount: number;
  readonly traceId: string;
  /** Segment or subsegment of the caller. */
  readonly parentId?: string;
}

/** One document to be: a state, a Branch or Iteration, a call, or the execution itself. */
export interface Node {
  readonly id: string;
  readonly name: string;
  readonly kind: 'segment' | 'state' | 'container' | 'call';
  /** A Map state, whose containers are called Iteration instead of Branch. */
  readonly iterates: boolean;
  readonly parent: Node | undefined;
  readonly start: Instant;
  end?: Instant;
  flag?: 'fault' | 'error';
  throttle?: boolean;
  failure?: Failure;
  readonly members: JsonObject;
  children: Node[];
  /** Changed since it was last handed out. */
  dirty: boolean;
  sent: boolean;
}

export interface NewNode {
  readonly kind: Node['kind'];
  readonly name: string;
  /** Event id, or whatever else makes the node's id one of its own. */
  readonly what: number | string;
  readonly parent?: Node;
  readonly start: Instant;
  readonly members?: JsonObject;
  readonly iterates?: boolean;
}

export class SegmentTree {
  readonly #execution: TracedExecution;
  readonly #digest: Digest;
  #root: Node | undefined;
  /** Each redrive is a segment of its own in the same trace. */
  #redrives = 0;

  constructor(execution: TracedExecution, digest: Digest) {
    this.#execution = execution;
    this.#digest = digest;
  }

  get root(): Node | undefined {
    return this.#root;
  }

  /** A segment begins; ids of what it holds follow from the number of redrives. */
  begin(segment: Omit<NewNode, 'kind' | 'parent'>, redrives: number): Node {
    this.#redrives = redrives;
    this.#root = this.add({ ...segment, kind: 'segment' });
    return this.#root;
  }

  add({ kind, name, what, parent, start, members = {}, iterates = false }: NewNode): Node {
    const id = segmentId(this.#digest, this.#execution.arn, this.#redrives, what);
    const node: Node = {
      id,
      name,
      kind,
      iterates,
      parent,
      start,
      members,
      children: [],
      dirty: true,
      sent: false,
    };
    parent?.children.push(node);
    return node;
  }

  end(node: Node, at: Instant, flag?: Node['flag'], failure?: Failure): void {
    if (node.end !== undefined) return;
    node.end = at;
    if (flag) node.flag = flag;
    if (failure) node.failure = failure;
    node.dirty = true;
    if (node.kind === 'call' && node.parent) node.parent.dirty = true;
  }

  /** Documents for everything new or changed. */
  flush(): Json[] {
    const root = this.#root;
    if (!root) return [];
    if (!root.sent && root.end !== undefined) {
      const whole = this.#document(root, true);
      if (byteLength(printJson(whole)) <= INLINE_BYTES_MAX) {
        settle(root);
        return [whole];
      }
    }
    const documents: Json[] = [];
    this.#collect(root, documents);
    return documents;
  }

  #collect(node: Node, documents: Json[]): void {
    if (node.dirty) documents.push(this.#document(node, false));
    node.dirty = false;
    node.sent = true;
    for (const child of node.children) if (child.kind !== 'call') this.#collect(child, documents);
    node.children = node.children.filter(
      (child) => child.kind === 'call' || child.end === undefined || child.children.length > 0,
    );
    if (node.end !== undefined && node.kind === 'state') {
      node.children = node.children.filter((child) => child.kind !== 'call');
    }
  }

  /** `deep`: with everything inside; otherwise only with the calls of a state. */
  #document(node: Node, deep: boolean): JsonObject {
    const document: JsonObject = { id: node.id, name: node.name, start_time: node.start / 1000 };
    if (node.end === undefined) document.in_progress = true;
    else document.end_time = Math.max(node.end, node.start) / 1000;
    const { traceId, parentId } = this.#execution;
    if (node.kind === 'segment') {
      document.trace_id = traceId;
      if (parentId) document.parent_id = parentId;
    } else if (!deep) {
      document.type = 'subsegment';
      document.trace_id = traceId;
      document.parent_id = node.parent!.id;
    }
    Object.assign(document, node.members, flags(node));
    document.cause = causeOf(node, this.#digest);
    const inside = deep ? node.children : node.children.filter((child) => child.kind === 'call');
    if (inside.length > 0) {
      document.subsegments = inside.map((child) => this.#inline(child, deep));
    }
    return document;
  }

  #inline(node: Node, deep: boolean): JsonObject {
    const document = this.#document(node, deep);
    if (!deep) {
      delete document.type;
      delete document.trace_id;
      delete document.parent_id;
    }
    return document;
  }
}

function settle(node: Node): void {
  node.dirty = false;
  node.sent = true;
  for (const child of node.children) settle(child);
  node.children = [];
}

function flags(node: Node): JsonObject {
  const found: JsonObject = {};
  if (node.flag) found[node.flag] = true;
  if (node.throttle) found.throttle = true;
  return found;
}
