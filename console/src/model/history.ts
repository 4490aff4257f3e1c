/**
 * What a history says about each state: every time a state was entered is one entry with its
 * status, data and attempts. Pure; the whole history is folded anew when events were added.
 */
import type { HistoryEvent } from './shapes.ts';

export type StateStatus =
  | 'running'
  | 'waiting'
  | 'retrying'
  | 'succeeded'
  | 'caught'
  | 'failed'
  | 'timedOut'
  | 'aborted';

export interface Attempt {
  readonly number: number;
  /** Milliseconds. */
  readonly scheduledAt: number;
  startedAt?: number;
  endedAt?: number;
  status: 'running' | 'submitted' | 'succeeded' | 'failed' | 'timedOut' | 'aborted';
  resource?: string;
  parameters?: string;
  output?: string;
  error?: string;
  cause?: string;
}

export interface StateEntry {
  /** Id of the event that entered the state. */
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly enteredAt: number;
  readonly input?: string;
  /** The entry of the Parallel or Map around it, and the iteration where that is a Map. */
  readonly parent?: StateEntry;
  readonly iteration?: number;
  readonly attempts: Attempt[];
  readonly eventIds: number[];
  exitedAt?: number;
  status: StateStatus;
  output?: string;
  error?: string;
  cause?: string;
  assigned?: string;
}

export interface HistoryView {
  readonly entries: readonly StateEntry[];
  /** Event id → the entry it belongs to. */
  readonly owner: ReadonlyMap<number, StateEntry>;
  /** `from → to` (names joined by a tab) → how often that transition was taken. */
  readonly taken: ReadonlyMap<string, number>;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The entry whose failure ended the execution. */
  readonly failed: StateEntry | undefined;
  readonly retries: number;
}

/** Where the next event goes on: in a state, or between states of a container. */
interface Position {
  readonly entry?: StateEntry | undefined;
  readonly container?: StateEntry | undefined;
  readonly iteration?: number | undefined;
  readonly left?: StateEntry | undefined;
}

type Details = Record<string, unknown>;

export function detailsOf(event: HistoryEvent): Details {
  for (const key in event) {
    if (key.endsWith('EventDetails'))
      return (event as Readonly<Record<string, unknown>>)[key] as Details;
  }
  return {};
}

export function foldHistory(events: readonly HistoryEvent[]): HistoryView {
  const fold = new Fold();
  for (const event of events) fold.add(event);
  return fold.view();
}

class Fold {
  readonly #entries: StateEntry[] = [];
  readonly #owner = new Map<number, StateEntry>();
  readonly #positions = new Map<number, Position>();
  readonly #taken = new Map<string, number>();
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #failed: StateEntry | undefined;

  add(event: HistoryEvent): void {
    const before = this.#positions.get(event.previousEventId ?? 0) ?? {};
    const after = this.#step(event, before);
    this.#positions.set(event.id, after);
    const owner = after.entry ?? after.left ?? after.container;
    if (owner && !event.type.startsWith('Execution')) {
      owner.eventIds.push(event.id);
      this.#owner.set(event.id, owner);
    }
  }

  view(): HistoryView {
    return {
      entries: this.#entries,
      owner: this.#owner,
      taken: this.#taken,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      failed: this.#failed,
      retries: this.#entries.reduce(
        (sum, entry) => sum + Math.max(0, entry.attempts.length - 1),
        0,
      ),
    };
  }

  #step(event: HistoryEvent, before: Position): Position {
    const { type } = event;
    const details = detailsOf(event);
    if (type.startsWith('Execution')) return this.#execution(event, details, before);
    if (type.endsWith('StateEntered')) return this.#enter(event, details, before);
    if (type.endsWith('StateExited')) return exit(event, details, before);
    if (type === 'MapIterationStarted') {
      const map = climb(before, (entry) => entry.name === details.name) ?? before.entry;
      return { container: map, iteration: Number(details.index ?? 0) };
    }
    if (type.startsWith('MapIteration')) {
      return { entry: climb(before, (entry) => entry.name === details.name) };
    }
    const aborted = /^(\w+)StateAborted$/.exec(type);
    if (aborted) return this.#abort(event, before, aborted[1]!);
    const container = /^(Parallel|Map)State(\w+)$/.exec(type);
    if (container) return containerStep(details, before, container[1]!, container[2]!);
    if (before.entry) taskStep(event, details, before.entry);
    return before;
  }

  #execution(event: HistoryEvent, details: Details, before: Position): Position {
    const at = event.timestamp * 1000;
    if (event.type === 'ExecutionStarted') {
      this.#startedAt = at;
      return {};
    }
    if (event.type === 'ExecutionRedriven') {
      this.#endedAt = undefined;
      this.#failed = undefined;
      for (let entry = before.entry; entry; entry = entry.parent) reopen(entry);
      return before;
    }
    this.#endedAt = at;
    const failed = event.type === 'ExecutionFailed' ? this.#blame(before, details) : undefined;
    this.#failed = failed;
    for (const entry of this.#entries) {
      if (isOpen(entry)) close(entry, endOf(entry, failed), at);
    }
    return before;
  }

  /** The innermost broken state at the end, with the execution's error where it has none. */
  #blame(before: Position, details: Details): StateEntry | undefined {
    const outer = before.entry ?? before.left ?? before.container;
    if (!outer) return undefined;
    const broken = this.#entries.filter(
      (entry) => entry.error !== undefined && isOpen(entry) && isInside(entry, outer),
    );
    const entry = broken.reduce((best, one) => (depth(one) > depth(best) ? one : best), outer);
    if (entry.error === undefined) {
      Object.assign(entry, failure(details));
      entry.error ??= 'States.Runtime';
    }
    return entry;
  }

  /**
   * An abort names only a type, and what it follows is what caused it: the state itself, or a
   * sibling that broke. One that broke by itself stays broken.
   */
  #abort(event: HistoryEvent, before: Position, type: string): Position {
    const isOne = (entry: StateEntry): boolean => entry.type === type && isOpen(entry);
    const own = before.entry && isOne(before.entry) ? before.entry : undefined;
    const entry = own ?? this.#entries.findLast((one) => isOne(one) && one.error === undefined);
    if (!entry) return before;
    close(entry, endOf(entry, undefined), event.timestamp * 1000);
    return { ...before, entry };
  }

  #enter(event: HistoryEvent, details: Details, before: Position): Position {
    const name = String(details.name ?? '');
    const inside = before.container;
    const entry: StateEntry = {
      id: event.id,
      name,
      type: event.type.slice(0, -'StateEntered'.length),
      enteredAt: event.timestamp * 1000,
      attempts: [],
      eventIds: [],
      status: event.type === 'WaitStateEntered' ? 'waiting' : 'running',
      ...(typeof details.input === 'string' ? { input: details.input } : {}),
      ...(inside ? { parent: inside } : {}),
      ...(before.iteration === undefined ? {} : { iteration: before.iteration }),
    };
    this.#entries.push(entry);
    if (before.left) {
      const key = transitionKey(before.left.name, name);
      this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    }
    return { entry, container: entry.parent, iteration: entry.iteration };
  }
}

export function transitionKey(from: string, to: string): string {
  return `${from}\t${to}`;
}

function isOpen(entry: StateEntry): boolean {
  return entry.exitedAt === undefined;
}

function isInside(entry: StateEntry, outer: StateEntry): boolean {
  for (let at: StateEntry | undefined = entry; at; at = at.parent) if (at === outer) return true;
  return false;
}

function depth(entry: StateEntry): number {
  let count = 0;
  for (let at = entry.parent; at; at = at.parent) count += 1;
  return count;
}

/** How an open state ends with its execution: broken, around what broke, or merely cut off. */
function endOf(entry: StateEntry, failed: StateEntry | undefined): StateStatus {
  const broken = entry.status === 'failed' || entry.status === 'retrying';
  if (!broken && !(failed && isInside(failed, entry))) return 'aborted';
  return entry.error === 'States.Timeout' ? 'timedOut' : 'failed';
}

function close(entry: StateEntry, status: StateStatus, at: number): void {
  entry.status = status;
  entry.exitedAt = at;
  for (const attempt of entry.attempts) {
    if (attempt.endedAt !== undefined) continue;
    attempt.endedAt = at;
    attempt.status = 'aborted';
  }
}

/** A redrive goes on with it. */
function reopen(entry: StateEntry): void {
  entry.status = entry.type === 'Wait' ? 'waiting' : 'running';
  entry.exitedAt = undefined;
  entry.error = undefined;
  entry.cause = undefined;
}

function exit(event: HistoryEvent, details: Details, before: Position): Position {
  const entry = climb(before, (one) => one.name === details.name && isOpen(one)) ?? before.entry;
  if (!entry) return before;
  entry.exitedAt = event.timestamp * 1000;
  entry.status = entry.error === undefined ? 'succeeded' : 'caught';
  if (typeof details.output === 'string') entry.output = details.output;
  if (details.assignedVariables) entry.assigned = JSON.stringify(details.assignedVariables);
  return { left: entry, container: entry.parent, iteration: entry.iteration };
}

/** From a position outwards to the first entry that fits. */
function climb(from: Position, fits: (entry: StateEntry) => boolean): StateEntry | undefined {
  let at = from.entry ?? from.left ?? from.container;
  while (at && !fits(at)) at = at.parent;
  return at;
}

function containerStep(details: Details, before: Position, type: string, verb: string): Position {
  const entry = climb(before, (one) => one.type === type && isOpen(one)) ?? before.entry;
  if (!entry) return before;
  if (verb === 'Started') {
    delete entry.error;
    delete entry.cause;
    entry.status = 'running';
  } else if (verb === 'Failed') {
    // The event says nothing of its own: what broke inside is the reason.
    const inner = climb(before, (one) => one !== entry && one.error !== undefined);
    const reason = inner && isInside(inner, entry) ? failure({ ...inner }) : {};
    Object.assign(entry, reason, failure(details));
    entry.error ??= 'States.TaskFailed';
    entry.status = 'failed';
  }
  return verb === 'Started'
    ? { container: entry }
    : { entry, container: entry.parent, iteration: entry.iteration };
}

const OUTCOMES = /(Succeeded|Failed|TimedOut|Aborted|Scheduled|Started|SubmitFailed|Submitted)$/;

function taskStep(event: HistoryEvent, details: Details, entry: StateEntry): void {
  const at = event.timestamp * 1000;
  if (event.type === 'EvaluationFailed') {
    Object.assign(entry, failure(details));
    entry.status = 'failed';
    return;
  }
  const verb = OUTCOMES.exec(event.type)?.[1];
  if (!verb) return;
  if (verb === 'Scheduled') {
    schedule(entry, details, at);
    return;
  }
  const attempt = entry.attempts.at(-1);
  if (attempt) settle(entry, attempt, verb, event.type, details, at);
  else if (verb === 'Failed' || verb === 'TimedOut') fail(entry, undefined, verb, details, at);
}

function schedule(entry: StateEntry, details: Details, at: number): void {
  const parameters = details.parameters ?? details.input;
  const resource = details.resourceType
    ? `${details.resourceType}:${details.resource}`
    : details.resource;
  entry.attempts.push({
    number: entry.attempts.length + 1,
    scheduledAt: at,
    status: 'running',
    ...(typeof parameters === 'string' ? { parameters } : {}),
    ...(typeof resource === 'string' ? { resource } : {}),
  });
  entry.status = 'running';
  delete entry.error;
  delete entry.cause;
}

function settle(
  entry: StateEntry,
  attempt: Attempt,
  verb: string,
  type: string,
  details: Details,
  at: number,
): void {
  if (verb === 'Started') {
    attempt.startedAt = at;
  } else if (verb === 'Submitted') {
    attempt.status = 'submitted';
    entry.status = 'waiting';
  } else if (verb === 'Succeeded') {
    attempt.status = 'succeeded';
    attempt.endedAt = at;
    if (typeof details.output === 'string') attempt.output = details.output;
    entry.status = 'running';
  } else if (!type.includes('Iteration')) {
    fail(entry, attempt, verb, details, at);
  }
}

/** A failed attempt leaves the state waiting for a retry, until it exits or the execution ends. */
function fail(
  entry: StateEntry,
  attempt: Attempt | undefined,
  verb: string,
  details: Details,
  at: number,
): void {
  const timedOut = verb === 'TimedOut';
  const found = failure(details);
  found.error ??= timedOut ? 'States.Timeout' : 'States.TaskFailed';
  Object.assign(entry, found);
  entry.status = 'retrying';
  if (attempt) {
    Object.assign(attempt, found);
    attempt.status = timedOut ? 'timedOut' : 'failed';
    attempt.endedAt = at;
  }
}

function failure(details: Details): { error?: string; cause?: string } {
  return {
    ...(typeof details.error === 'string' ? { error: details.error } : {}),
    ...(typeof details.cause === 'string' ? { cause: details.cause } : {}),
  };
}
