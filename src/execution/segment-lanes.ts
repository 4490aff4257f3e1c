/**
 * What an execution's records open and close in its tree of documents. A lane is what goes on in
 * one scope: its open state, the call of an attempt, the latest failure.
 */
import type { JsonObject } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Failure, RecordBase, ScopePath } from './record.ts';
import { noteAnswer, noteRefusal } from './segment-call.ts';
import { isThrottle } from './segment-failure.ts';
import { type CalledNames, type Digest, segmentName } from './segment-names.ts';
import { type Node, SegmentTree, type TracedExecution } from './segment-tree.ts';

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

/** Where and when a record is. */
type At = Pick<RecordBase, 'scope' | 'at'>;

export class SegmentLanes {
  readonly tree: SegmentTree;
  readonly #execution: TracedExecution;
  readonly #digest: Digest;
  readonly #lanes = new Map<ScopePath, Lane>();
  /** States that ended without an exit. */
  readonly #cut = new Map<ScopePath, CutState>();
  /** Those of before the last redrive that have not gone on yet. */
  readonly #resumable = new Map<ScopePath, CutState>();
  #containers = 0;

  constructor(execution: TracedExecution, digest: Digest) {
    this.tree = new SegmentTree(execution, digest);
    this.#execution = execution;
    this.#digest = digest;
  }

  begin({ id, at }: RecordBase, redrives = 0): void {
    const { arn, machineArn, machineName } = this.#execution;
    const members: JsonObject = {
      aws: { resource_arn: arn },
      origin: 'AWS::StepFunctions::StateMachine',
      resource_arn: machineArn,
    };
    const name = segmentName(machineName, this.#digest);
    const node = this.tree.begin({ name, what: id, start: at, members }, redrives);
    this.#lanes.clear();
    this.#lanes.set('', { scope: '', node, lastAt: at });
  }

  /** A redrive is a segment of its own beside the first one, in the same trace. */
  redrive(record: RecordBase, redrives: number): void {
    this.begin(record, redrives);
    for (const [scope, state] of this.#cut) this.#resumable.set(scope, state);
    this.#cut.clear();
    this.#resume(this.#lanes.get('')!, record.at);
  }

  /** `failure`: that of an execution that did not succeed, and how its segment is marked. */
  finish(at: Instant, failure?: Failure, flag: Node['flag'] = 'fault'): void {
    const failed = failure !== undefined;
    const scopes = [...this.#lanes.keys()].sort((a, b) => b.length - a.length);
    for (const scope of scopes) this.#close(scope, at, failed, failure);
    this.tree.end(this.tree.root!, at, failed ? flag : undefined, failure);
  }

  /** Something happened in the scope that opens and closes nothing. */
  visit({ scope, at }: At): Lane {
    const lane = this.#laneOf(scope, at);
    lane.lastAt = at;
    return lane;
  }

  enter(record: RecordBase, name: string, iterates: boolean): void {
    const { id, at } = record;
    const lane = this.visit(record);
    const legal = segmentName(name, this.#digest);
    const { node: parent } = lane;
    lane.state = this.tree.add({
      kind: 'state',
      name: legal,
      what: id,
      parent,
      start: at,
      iterates,
    });
    lane.stateEvent = String(id);
    delete lane.failure;
    this.#cut.delete(lane.scope);
    this.#resumable.delete(lane.scope);
  }

  exit(record: At): void {
    const lane = this.visit(record);
    if (!lane.state) return;
    const { at } = record;
    for (const inner of this.#below(this.#lanes, lane)) this.#close(inner, at, false);
    for (const states of [this.#cut, this.#resumable]) {
      for (const inner of this.#below(states, lane)) states.delete(inner);
    }
    this.tree.end(lane.state, at, lane.failure ? 'fault' : undefined, lane.failure);
    delete lane.state;
    delete lane.failure;
  }

  /** An attempt calls something. */
  call(record: RecordBase, { name, aws }: CalledNames): void {
    const lane = this.visit(record);
    const { state: parent } = lane;
    if (!parent) return;
    const members: JsonObject = { namespace: 'aws', aws: { ...aws } };
    const { id: what, at: start } = record;
    lane.call = this.tree.add({ kind: 'call', name, what, parent, start, members });
  }

  /** The call was answered; `result`: what an optimised integration gave. */
  answer(record: At, result: string | undefined): Lane {
    const lane = this.visit(record);
    if (!lane.call) return lane;
    noteAnswer(lane.call.members, result);
    this.tree.end(lane.call, record.at);
    delete lane.call;
    return lane;
  }

  succeed(record: At, result: string | undefined): void {
    delete this.answer(record, result).failure;
  }

  fail(record: At, failure: Failure, timedOut = false): void {
    const lane = this.visit(record);
    lane.failure = failure;
    if (lane.state) this.#inheritFailure(lane, failure);
    if (!lane.call) return;
    const status = noteRefusal(lane.call.members, failure, timedOut);
    if (status === 429 || isThrottle(failure)) lane.call.throttle = true;
    const flag = timedOut || (status ?? 0) >= 500 ? 'fault' : 'error';
    const refused = timedOut || (status ?? 200) >= 400;
    this.tree.end(lane.call, record.at, refused ? flag : undefined);
    delete lane.call;
  }

  /** The scope, an iteration's, is over. */
  leave(record: At, failed: boolean): void {
    this.visit(record);
    this.#close(record.scope, record.at, failed);
  }

  /**
   * The branches or iterations inside the lane's open state are over, or others begin. Where they
   * have failed the failure of one is that of the state.
   */
  gather(record: At, outcome: 'started' | 'succeeded' | 'failed' | 'aborted'): void {
    const lane = this.visit(record);
    const ok = outcome === 'succeeded';
    for (const inner of this.#below(this.#lanes, lane)) this.#close(inner, record.at, !ok);
    if (outcome !== 'failed') delete lane.failure;
  }

  /** After a redrive a new lane goes on with the state that its scope was in. */
  #resume(lane: Lane, start: Instant): void {
    const state = this.#resumable.get(lane.scope);
    if (!state) return;
    this.#resumable.delete(lane.scope);
    const { name, iterates, event: what } = state;
    lane.state = this.tree.add({ kind: 'state', name, what, parent: lane.node, start, iterates });
    lane.stateEvent = what;
  }

  /** Ends whatever is open in a scope; `failed` marks it by its own failure, else as aborted. */
  #close(scope: ScopePath, at: Instant, failed: boolean, whole?: Failure): void {
    const lane = this.#lanes.get(scope);
    if (!lane) return;
    if (lane.call) this.tree.end(lane.call, at, failed ? 'error' : undefined);
    if (lane.state) {
      const { name, iterates } = lane.state;
      if (failed) this.#cut.set(scope, { name, iterates, event: lane.stateEvent! });
      const failure = lane.failure ?? (scope === '' ? whole : undefined);
      this.tree.end(lane.state, at, failed ? (failure ? 'fault' : 'error') : undefined, failure);
    }
    if (scope === '') return;
    const aborted = failed && lane.state ? 'error' : undefined;
    this.tree.end(lane.node, lane.state ? at : lane.lastAt, aborted);
    this.#lanes.delete(scope);
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

  #laneOf(scope: ScopePath, at: Instant): Lane {
    const known = this.#lanes.get(scope);
    if (known) return known;
    const outer = this.#laneOf(scope.slice(0, scope.lastIndexOf('/')), at);
    const index = scope.slice(scope.lastIndexOf('.') + 1);
    const parent = outer.state ?? outer.node;
    const name = `${parent.iterates ? 'Iteration' : 'Branch'} ${index}`;
    const what = `${scope}#${this.#containers++}`;
    const node = this.tree.add({ kind: 'container', name, what, parent, start: parent.start });
    const lane: Lane = { scope, node, lastAt: at };
    this.#lanes.set(scope, lane);
    this.#resume(lane, at);
    return lane;
  }
}
