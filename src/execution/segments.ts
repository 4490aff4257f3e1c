/**
 * An execution's records as X-Ray documents: one segment for the execution, a subsegment for each
 * state entry, each Branch or Iteration, and each call a task attempt made.
 *
 * `add` takes records in order; `flush` answers the documents that are new or changed since the
 * last flush. Feeding the same records again gives the same ids, so a restart may project anew.
 * Shapes and flags: recorded traces of Step Functions.
 */
import { byteLength, type Json, type JsonObject, printJson } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { HistoryRecord, ScopePath } from './record.ts';
import { noteAnswer, noteRefusal } from './segment-call.ts';
import { causeOf, type Failure, failureOf, isThrottle } from './segment-failure.ts';
import {
  type CallNames,
  type Digest,
  functionCall,
  integrationCall,
  segmentId,
  segmentName,
} from './segment-names.ts';

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
interface Node {
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

/** What is open in one scope of the execution. */
interface Lane {
  readonly scope: ScopePath;
  readonly node: Node;
  state?: Node;
  stateEvent?: string;
  call?: Node;
  /** The latest failure of the open state that nothing has mended since. */
  failure?: Failure;
  lastAt: Instant;
}

interface CutState {
  readonly name: string;
  readonly iterates: boolean;
  readonly event: string;
}

export class ExecutionSegments {
  readonly #execution: TracedExecution;
  readonly #digest: Digest;
  readonly #lanes = new Map<ScopePath, Lane>();
  /** States that ended without an exit. */
  readonly #cut = new Map<ScopePath, CutState>();
  /** Those of before the last redrive that have not gone on yet. */
  readonly #resumable = new Map<ScopePath, CutState>();
  #root: Node | undefined;
  #redrives = 0;
  #containers = 0;

  constructor(execution: TracedExecution, digest: Digest) {
    this.#execution = execution;
    this.#digest = digest;
  }

  /** True once the execution's end has been added. */
  get ended(): boolean {
    return this.#root?.end !== undefined;
  }

  add(record: HistoryRecord): void {
    const { type, details = {} } = record;
    if (record.id === 0) return;
    if (type === 'ExecutionStarted') this.#begin(record);
    else if (type === 'ExecutionRedriven') this.#redrive(record, details);
    else if (type.startsWith('Execution')) this.#finish(record);
    else this.#addInside(record, details);
  }

  #addInside(record: HistoryRecord, details: JsonObject): void {
    const lane = this.#laneOf(record);
    lane.lastAt = record.at;
    const { type } = record;
    if (type.endsWith('StateEntered')) this.#enter(lane, record, String(details.name));
    else if (type.endsWith('StateExited')) this.#exit(lane, record.at);
    else if (/^(Task|LambdaFunction)Scheduled$/.test(type)) this.#schedule(lane, record, details);
    else if (/^(Task|LambdaFunction|Activity)(Succeeded|Submitted)$/.test(type)) {
      this.#answer(lane, record, details);
      if (!type.endsWith('Submitted')) delete lane.failure;
    } else if (type.startsWith('MapIteration')) this.#iterate(lane, record);
    else if (/^(MapState|ParallelState)/.test(type)) this.#gather(lane, record);
    else if (/(Failed|TimedOut)$/.test(type)) this.#fail(lane, record, details);
  }

  #iterate(lane: Lane, record: HistoryRecord): void {
    if (/(Failed|Aborted)$/.test(record.type)) this.#close(lane.scope, record.at, true);
    else if (record.type.endsWith('Succeeded')) this.#close(lane.scope, record.at, false);
  }

  /** Start, success and failure of the branches or iterations inside the lane's open state. */
  #gather(lane: Lane, record: HistoryRecord): void {
    const ok = record.type.endsWith('Succeeded');
    for (const inner of this.#below(this.#lanes, lane)) this.#close(inner, record.at, !ok);
    if (!record.type.endsWith('Failed')) delete lane.failure;
  }

  #begin(record: HistoryRecord): void {
    const { arn, machineArn, machineName } = this.#execution;
    const members: JsonObject = {
      aws: { resource_arn: arn },
      origin: 'AWS::StepFunctions::StateMachine',
      resource_arn: machineArn,
    };
    const name = segmentName(machineName, this.#digest);
    this.#root = this.#node('segment', name, record.id, undefined, record.at, members);
    this.#lanes.clear();
    this.#lanes.set('', { scope: '', node: this.#root, lastAt: record.at });
  }

  /** After a redrive a new lane goes on with the state that its scope was in. */
  #resume(lane: Lane, at: Instant): void {
    const state = this.#resumable.get(lane.scope);
    if (!state) return;
    this.#resumable.delete(lane.scope);
    const { name, iterates, event } = state;
    lane.state = this.#node('state', name, event, lane.node, at, {}, iterates);
    lane.stateEvent = event;
  }

  /** A redrive is a segment of its own beside the first one, in the same trace. */
  #redrive(record: HistoryRecord, details: JsonObject): void {
    this.#redrives = Number(details.redriveCount ?? this.#redrives + 1);
    this.#begin(record);
    for (const [scope, state] of this.#cut) this.#resumable.set(scope, state);
    this.#cut.clear();
    this.#resume(this.#lanes.get('')!, record.at);
  }

  #finish(record: HistoryRecord): void {
    const details = record.details ?? {};
    const failed = record.type !== 'ExecutionSucceeded';
    const failure = failed ? failureOf(details) : undefined;
    const scopes = [...this.#lanes.keys()].sort((a, b) => b.length - a.length);
    for (const scope of scopes) this.#close(scope, record.at, failed, failure);
    const root = this.#root!;
    root.end = record.at;
    root.dirty = true;
    if (!failed) return;
    root.flag = record.type === 'ExecutionAborted' ? 'error' : 'fault';
    root.failure = failure!;
  }

  /** Ends whatever is open in a scope; `failed` marks it by its own failure, else as aborted. */
  #close(scope: ScopePath, at: Instant, failed: boolean, whole?: Failure): void {
    const lane = this.#lanes.get(scope);
    if (!lane) return;
    if (lane.call) this.#end(lane.call, at, failed ? 'error' : undefined);
    if (lane.state) {
      const { name, iterates } = lane.state;
      if (failed) this.#cut.set(scope, { name, iterates, event: lane.stateEvent! });
      const failure = lane.failure ?? (scope === '' ? whole : undefined);
      this.#end(lane.state, at, failed ? (failure ? 'fault' : 'error') : undefined, failure);
    }
    if (scope === '') return;
    this.#end(lane.node, lane.state ? at : lane.lastAt, failed && lane.state ? 'error' : undefined);
    this.#lanes.delete(scope);
  }

  #enter(lane: Lane, record: HistoryRecord, name: string): void {
    const legal = segmentName(name, this.#digest);
    const iterates = record.type.startsWith('Map');
    lane.state = this.#node('state', legal, record.id, lane.node, record.at, {}, iterates);
    lane.stateEvent = String(record.id);
    delete lane.failure;
    this.#cut.delete(lane.scope);
    this.#resumable.delete(lane.scope);
  }

  #exit(lane: Lane, at: Instant): void {
    if (!lane.state) return;
    for (const inner of this.#below(this.#lanes, lane)) this.#close(inner, at, false);
    for (const states of [this.#cut, this.#resumable]) {
      for (const inner of this.#below(states, lane)) states.delete(inner);
    }
    this.#end(lane.state, at, lane.failure ? 'fault' : undefined, lane.failure);
    delete lane.state;
    delete lane.failure;
  }

  #schedule(lane: Lane, record: HistoryRecord, details: JsonObject): void {
    if (!lane.state) return;
    const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
    const { name, aws }: CallNames = record.type.startsWith('Lambda')
      ? functionCall(text(details.resource))
      : integrationCall(
          text(details.resourceType),
          text(details.resource),
          text(details.parameters),
          text(details.region),
        );
    const members: JsonObject = { namespace: 'aws', aws: { ...aws } };
    lane.call = this.#node('call', name, record.id, lane.state, record.at, members);
  }

  #answer(lane: Lane, { at, type }: HistoryRecord, details: JsonObject): void {
    if (!lane.call) return;
    const optimised = type.startsWith('Task') && !String(details.resourceType).includes(':');
    noteAnswer(lane.call.members, optimised ? details.output : undefined);
    this.#end(lane.call, at);
    delete lane.call;
  }

  #fail(lane: Lane, record: HistoryRecord, details: JsonObject): void {
    const failure = failureOf(details);
    lane.failure = failure;
    if (lane.state) this.#inheritFailure(lane, failure);
    if (!lane.call) return;
    const timedOut = record.type.endsWith('TimedOut');
    const status = noteRefusal(lane.call.members, failure, timedOut);
    if (status === 429 || isThrottle(failure)) lane.call.throttle = true;
    const flag = timedOut || (status ?? 0) >= 500 ? 'fault' : 'error';
    this.#end(lane.call, record.at, timedOut || (status ?? 200) >= 400 ? flag : undefined);
    delete lane.call;
  }

  /** A failing branch or iteration is the failure of the Parallel or Map state around it. */
  #inheritFailure(lane: Lane, failure: Failure): void {
    let { scope } = lane;
    while (scope !== '') {
      scope = scope.slice(0, scope.lastIndexOf('/'));
      const outer = this.#lanes.get(scope);
      if (outer) outer.failure = failure;
    }
  }

  /** Scopes directly or deeper inside the lane's open state, deepest first. */
  #below(scopes: ReadonlyMap<ScopePath, unknown>, lane: Lane): ScopePath[] {
    const prefix = `${lane.scope}/${lane.stateEvent}.`;
    return [...scopes.keys()]
      .filter((path) => path.startsWith(prefix))
      .sort((a, b) => b.length - a.length);
  }

  #laneOf({ scope, at }: Pick<HistoryRecord, 'scope' | 'at'>): Lane {
    const known = this.#lanes.get(scope);
    if (known) return known;
    const outer = this.#laneOf({ scope: scope.slice(0, scope.lastIndexOf('/')), at });
    const index = scope.slice(scope.lastIndexOf('.') + 1);
    const parent = outer.state ?? outer.node;
    const name = `${parent.iterates ? 'Iteration' : 'Branch'} ${index}`;
    const what = `${scope}#${this.#containers++}`;
    const node = this.#node('container', name, what, parent, parent.start, {});
    const lane: Lane = { scope, node, lastAt: at };
    this.#lanes.set(scope, lane);
    this.#resume(lane, at);
    return lane;
  }

  #node(
    kind: Node['kind'],
    name: string,
    what: number | string,
    parent: Node | undefined,
    start: Instant,
    members: JsonObject,
    iterates = false,
  ): Node {
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

  #end(node: Node, at: Instant, flag?: Node['flag'], failure?: Failure): void {
    if (node.end !== undefined) return;
    node.end = at;
    if (flag) node.flag = flag;
    if (failure) node.failure = failure;
    node.dirty = true;
    if (node.kind === 'call' && node.parent) node.parent.dirty = true;
  }

  /** Documents for everything new or changed. Ended things are forgotten once handed out. */
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
