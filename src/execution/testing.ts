/** Runs one execution for tests: virtual time, no chance, JSONata answered by the test. */
import { compileMachine } from '../asl/compile.ts';
import type { ExpressionRequest } from '../asl/env.ts';
import type { Machine } from '../asl/machine.ts';
import type { Json, JsonObject } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { Tools } from '../ground/tools.ts';
import { type DecideOptions, type Decision, decide } from './decide.ts';
import type { Effect } from './effect.ts';
import { effectsOf } from './effects.ts';
import { evolve } from './evolve.ts';
import { pending } from './pending.ts';
import type { HistoryRecord } from './record.ts';
import { isPrivate } from './record.ts';
import type { Signal } from './signal.ts';
import { createState, type ExecutionFacts, type ExecutionState } from './state.ts';

const ARN = 'arn:aws:states:us-east-1:000000000000';

export const FACTS: ExecutionFacts = {
  id: 7,
  arn: `${ARN}:execution:M:run`,
  name: 'run',
  machineArn: `${ARN}:stateMachine:M`,
  machineName: 'M',
  roleArn: 'arn:aws:iam::000000000000:role/r',
  type: 'STANDARD',
  region: 'us-east-1',
  startedAt: 1_000_000,
};

export const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000:function:f';
export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
export const ACTIVITY = 'arn:aws:states:us-east-1:000000000000:activity:a';

export interface TestOptions extends DecideOptions {
  readonly facts?: Partial<ExecutionFacts>;
  readonly random?: () => number;
  /** Answers JSONata; may throw a LanguageError. */
  readonly evaluate?: (request: ExpressionRequest) => Json;
}

/** A record whose fields can be asked for without asking for its type first. */
export type OpenRecord = HistoryRecord & {
  readonly details?: JsonObject;
  readonly hidden?: JsonObject;
};

export class TestExecution {
  readonly machine: Machine;
  readonly facts: ExecutionFacts;
  readonly state: ExecutionState;
  readonly records: OpenRecord[] = [];
  now: Instant;
  readonly #options: TestOptions;
  #uuids = 0;

  constructor(definition: object, options: TestOptions = {}) {
    this.machine = compileMachine(JSON.stringify(definition));
    this.facts = { ...FACTS, ...options.facts };
    this.state = createState(this.facts);
    this.now = this.facts.startedAt;
    this.#options = options;
  }

  get tools(): Tools {
    return {
      now: () => this.now,
      random: this.#options.random ?? (() => 0.5),
      uuid: () => `00000000-0000-4000-8000-${String(++this.#uuids).padStart(12, '0')}`,
      digest: (algorithm, text) => `${algorithm}:${text}`,
    };
  }

  start(input: Json = {}): this {
    this.send({ type: 'Start', input: JSON.stringify(input) });
    return this;
  }

  send(signal: Signal): Decision {
    const { evaluate } = this.#options;
    const decision = decide(this.machine, this.state, signal, this.tools, this.#options);
    let turn = decision.next();
    while (!turn.done) {
      let value: Json;
      try {
        value = evaluate!(turn.value);
      } catch (error) {
        turn = decision.throw(error);
        continue;
      }
      turn = decision.next(value);
    }
    this.records.push(...(turn.value as OpenRecord[]));
    return turn.value;
  }

  /** The pending attempts, by scope in the order of their making. */
  attempts(): { scope: string; attempt: number }[] {
    return pending(this.state).flatMap((one) =>
      one.kind === 'task' ? [{ scope: one.scope, attempt: one.attempt }] : [],
    );
  }

  /** Names the only pending attempt. */
  get attempt(): { scope: string; attempt: number } {
    const [one, ...others] = this.attempts();
    if (!one || others.length > 0) throw new Error('not exactly one attempt is pending');
    return one;
  }

  began(attempt = this.attempt): this {
    this.send({ type: 'TaskStarted', ...attempt, at: this.now });
    return this;
  }

  succeed(output: Json = {}, attempt = this.attempt): this {
    this.send({ type: 'TaskSucceeded', ...attempt, output: JSON.stringify(output) });
    return this;
  }

  failed(error?: string, cause?: string, attempt = this.attempt): this {
    this.send({ type: 'TaskFailed', ...attempt, error, cause });
    return this;
  }

  /** Moves the time to the earliest timer or deadline and fires it. */
  tick(): this {
    const { at, signal } = nextDue(this.state);
    this.now = Math.max(this.now, at);
    this.send(signal);
    return this;
  }

  /** `id<-previous Type` of every event that AWS shows. */
  get chain(): string[] {
    return this.records
      .filter((record) => !isPrivate(record.type))
      .map((record) => `${record.id}<-${record.previousEventId} ${record.type}`);
  }

  /** Types of all records, private ones included. */
  get types(): string[] {
    return this.records.map((record) => record.type);
  }

  get last(): OpenRecord {
    return this.records.at(-1)!;
  }

  get output(): Json {
    return JSON.parse(this.last.details?.output as string) as Json;
  }

  get effects(): Effect[] {
    return this.records.flatMap(effectsOf);
  }

  /** A state folded from the records as a store would give them back. */
  folded(): ExecutionState {
    const state = createState(this.facts);
    for (const record of JSON.parse(JSON.stringify(this.records)) as HistoryRecord[]) {
      evolve(state, record);
    }
    return state;
  }
}

/** What happens next if nothing comes from outside: the earliest timer or deadline. */
export function nextDue(state: ExecutionState): { readonly at: Instant; readonly signal: Signal } {
  const timed = pending(state).flatMap((one) =>
    one.kind !== 'continue' && one.due !== undefined ? [{ ...one, due: one.due }] : [],
  );
  const next = timed.sort((a, b) => a.due - b.due)[0];
  if (!next || next.due > state.deadline) {
    return { at: state.deadline, signal: { type: 'ExecutionTimedOut' } };
  }
  const { scope, attempt, due } = next;
  const signal: Signal =
    next.kind === 'timer'
      ? { type: 'TimerFired', scope, attempt }
      : { type: 'TaskTimedOut', scope, attempt, heartbeat: false };
  return { at: due, signal };
}

/** Everything that a state is, as plain data; what is only remembered for speed is left out. */
export function plainState(state: ExecutionState): Json {
  const plain = JSON.stringify(state, (key, value: unknown) => {
    if (key === 'memo' || key === 'size' || key === 'visible' || key === 'root') return undefined;
    if (key === 'parent') return (value as { path: string } | undefined)?.path;
    if (value instanceof Map) return [...value];
    if (typeof value === 'object' && value !== null && 'text' in value) {
      return (value as { text: string }).text;
    }
    return value;
  });
  return JSON.parse(plain) as Json;
}
