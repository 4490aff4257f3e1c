/**
 * Random state machines, small on purpose: what matters is how states meet, not how many there are.
 * Every name is unique, so that a task's outcome can follow from it.
 */
import type { Json, JsonObject } from '../src/ground/json.ts';
import type { Random } from './random.ts';
import { ACTIVITY, CHILD_MACHINE, RESOURCES } from './resources.ts';

export interface ProgramOptions {
  /** Timeouts that tasks may really hit; off where runs are to be compared. */
  readonly timeouts: boolean;
  readonly children: boolean;
}

const STATES_MAX = 4;
const DEPTH_MAX = 2;
const ERRORS = ['States.ALL', 'States.TaskFailed', 'Boom', 'Lambda.Unknown', 'States.Timeout'];

export function randomProgram(random: Random, options: ProgramOptions): Json {
  return new Writer(random, options).machine();
}

/** What nested executions run: now and then a failure, mostly a wait or a task. */
export function childProgram(): Json {
  return {
    StartAt: 'Child wait',
    States: {
      'Child wait': { Type: 'Wait', Seconds: 2, Next: 'Child task' },
      'Child task': {
        Type: 'Task',
        Resource: RESOURCES.lambda,
        Retry: [{ ErrorEquals: ['Lambda.Unknown'], MaxAttempts: 5 }],
        End: true,
      },
    },
  };
}

class Writer {
  readonly #random: Random;
  readonly #options: ProgramOptions;
  #names = 0;

  constructor(random: Random, options: ProgramOptions) {
    this.#random = random;
    this.#options = options;
  }

  machine(): Json {
    const limit = this.#options.timeouts && this.#random.chance(0.1);
    return { ...this.#flow(0), ...(limit && { TimeoutSeconds: this.#random.between(1, 60) }) };
  }

  #flow(depth: number): JsonObject {
    const count = this.#random.between(1, STATES_MAX);
    const names = Array.from({ length: count }, () => `S${++this.#names}`);
    const states: JsonObject = {};
    names.forEach((name, i) => {
      states[name] = this.#state(depth, names.slice(i + 1));
    });
    return { StartAt: names[0]!, States: states };
  }

  /** `later`: states that may follow; never back, so that every program ends. */
  #state(depth: number, later: readonly string[]): JsonObject {
    const kinds = ['Pass', 'Task', 'Task', 'Task', 'Wait', 'Choice'];
    if (depth < DEPTH_MAX) kinds.push('Parallel', 'Map');
    if (later.length === 0) kinds.push('Succeed', 'Fail');
    const next: JsonObject = later.length > 0 ? { Next: later[0]! } : { End: true };
    switch (this.#random.pick(kinds)) {
      case 'Pass':
        return { Type: 'Pass', ResultPath: '$.p', Result: this.#random.between(0, 9), ...next };
      case 'Task':
        return { ...this.#task(), ...this.#recovery(later), ...next };
      case 'Wait':
        return { Type: 'Wait', Seconds: this.#random.pick([0, 1, 5, 600, 7_200]), ...next };
      case 'Choice':
        return this.#choice(later);
      case 'Parallel':
        return { ...this.#parallel(depth), ...this.#recovery(later), ...next };
      case 'Map':
        return { ...this.#map(depth), ...this.#recovery(later), ...next };
      case 'Fail':
        return { Type: 'Fail', Error: 'Boom', Cause: 'as written' };
      default:
        return { Type: 'Succeed' };
    }
  }

  #choice(later: readonly string[]): JsonObject {
    if (later.length === 0) return { Type: 'Succeed' };
    return {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericLessThan: 5, Next: this.#random.pick(later) }],
      Default: this.#random.pick(later),
    };
  }

  #task(): JsonObject {
    const random = this.#random;
    const kinds: string[] = [RESOURCES.lambda, RESOURCES.lambda, RESOURCES.callback];
    // A worker that does not hear of its task leaves it to the timeout.
    if (this.#options.timeouts) kinds.push(ACTIVITY);
    if (this.#options.children) kinds.push(RESOURCES.child, RESOURCES.childSync);
    const resource = random.pick(kinds);
    const limits = this.#options.timeouts && (resource === ACTIVITY || random.chance(0.4));
    return {
      Type: 'Task',
      Resource: resource,
      Parameters: this.#parameters(resource),
      ResultPath: random.chance(0.3) ? null : '$.r',
      ...(limits && { TimeoutSeconds: random.between(3, 9) }),
      ...(limits && random.chance(0.5) && { HeartbeatSeconds: 2 }),
    };
  }

  #parameters(resource: string): JsonObject {
    if (resource === RESOURCES.child || resource === RESOURCES.childSync) {
      return { StateMachineArn: CHILD_MACHINE, Input: { n: 1 } };
    }
    const token = resource === RESOURCES.callback;
    return { 'state.$': '$$.State.Name', 'retry.$': '$$.State.RetryCount', ...(token && TOKEN) };
  }

  #recovery(later: readonly string[]): JsonObject {
    const random = this.#random;
    const retry = random.chance(0.5) && {
      Retry: [
        {
          ErrorEquals: [random.pick(ERRORS)],
          IntervalSeconds: random.between(1, 3),
          MaxAttempts: random.between(0, 3),
          BackoffRate: 2,
        },
      ],
    };
    const caught = later.length > 0 &&
      random.chance(0.4) && {
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: random.pick(later) }],
      };
    return { ...retry, ...caught };
  }

  #parallel(depth: number): JsonObject {
    const branches = Array.from({ length: this.#random.between(1, 3) }, () =>
      this.#flow(depth + 1),
    );
    return { Type: 'Parallel', Branches: branches, ResultPath: '$.b' };
  }

  #map(depth: number): JsonObject {
    return {
      Type: 'Map',
      ItemsPath: '$$.Execution.Input.items',
      ItemSelector: { 'n.$': '$$.Map.Item.Value', 'i.$': '$$.Map.Item.Index' },
      MaxConcurrency: this.#random.between(0, 2),
      ItemProcessor: this.#flow(depth + 1),
      ResultPath: '$.m',
    };
  }
}

const TOKEN: JsonObject = { 'token.$': '$$.Task.Token' };
