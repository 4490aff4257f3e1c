/**
 * Random state machines, small on purpose: what matters is how states meet, not how many there are.
 * Every name is unique, so that a task's outcome can follow from it.
 *
 * Data everywhere has the execution's name (`e`), a number (`n`) and a list (`items`), so that any
 * state can stand anywhere.
 */
import type { Json, JsonObject } from '../src/ground/json.ts';
import { SPOILT } from './observed.ts';
import type { Random } from './random.ts';
import { ACTIVITY, BUCKETS, CHILD_MACHINE, READER_ITEMS_MAX, RESOURCES } from './resources.ts';

export interface ProgramOptions {
  /** Begins the names of all states. */
  readonly letter: string;
  /** Timeouts that tasks may really hit; off where runs are to be compared. */
  readonly timeouts: boolean;
  /** Hours instead of minutes. */
  readonly longWaits: boolean;
}

/** What may stand where: less in branches, and less in children of Map Runs. */
interface Place {
  readonly depth: number;
  readonly child: boolean;
  readonly express: boolean;
}

const STATES_MAX = 4;
const DEPTH_MAX = 2;
const SPOILT_ALWAYS = 0.03;
const SPOILT_ONCE = 0.12;
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
        Parameters: { FunctionName: 'f', Payload: CALL },
        Retry: [{ ErrorEquals: ['Lambda.Unknown'], MaxAttempts: 5 }],
        End: true,
      },
    },
  };
}

/** Names of all states of a definition, those of its branches and processors included. */
export function stateNames(definition: Json): Set<string> {
  const names = new Set<string>();
  const visit = (json: Json): void => {
    if (json === null || typeof json !== 'object') return;
    const { States: states } = json as JsonObject;
    for (const name of Object.keys((states as JsonObject | undefined) ?? {})) names.add(name);
    for (const part of Object.values(json)) visit(part);
  };
  visit(definition);
  return names;
}

const CALL: JsonObject = {
  'state.$': '$$.State.Name',
  'retry.$': '$$.State.RetryCount',
  'e.$': '$.e',
  'input.$': '$$.Execution.Input',
};
const TOKEN: JsonObject = { 'token.$': '$$.Task.Token' };
const OUTER: JsonObject = { 'e.$': '$.e', 'items.$': '$.items' };
const ITEM: JsonObject = {
  ...OUTER,
  'n.$': '$$.Map.Item.Value',
  'i.$': '$$.Map.Item.Index',
};

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
    const flow = this.#flow({ depth: 0, child: false, express: false });
    return { ...flow, ...(limit && { TimeoutSeconds: this.#random.between(1, 60) }) };
  }

  #name(): string {
    return `${this.#options.letter}${++this.#names}`;
  }

  #flow(place: Place): JsonObject {
    const count = this.#random.between(1, STATES_MAX);
    const names = Array.from({ length: count }, () => this.#name());
    const states: JsonObject = {};
    names.forEach((name, i) => {
      states[name] = this.#state(place, names.slice(i + 1));
    });
    return { StartAt: names[0]!, States: states };
  }

  /** `later`: states that may follow; never back, so that every program ends. */
  #state(place: Place, later: readonly string[]): JsonObject {
    const kinds = ['Pass', 'Task', 'Task', 'Task', 'Wait', 'Choice'];
    const deeper = place.depth < DEPTH_MAX;
    // Of branches that fail the first one counts, which nobody can see from outside of a child.
    const races = this.#options.timeouts || !place.child;
    if (deeper && races) kinds.push('Parallel', 'Map');
    if (deeper && !place.express) kinds.push('Distributed');
    if (later.length === 0) kinds.push('Succeed', 'Fail');
    const next: JsonObject = later.length > 0 ? { Next: later[0]! } : { End: true };
    switch (this.#random.pick(kinds)) {
      case 'Pass':
        return { Type: 'Pass', ResultPath: '$.p', Result: this.#random.between(0, 9), ...next };
      case 'Task':
        return { ...this.#task(place), ...this.#recovery(later), ...next };
      case 'Wait': {
        const long = this.#options.longWaits ? [600, 7_200] : [90, 150];
        const seconds = place.depth > 0 ? [0, 1, 5, 30] : [0, 1, 5, ...long];
        return { Type: 'Wait', Seconds: this.#random.pick(seconds), ...next };
      }
      case 'Choice':
        return this.#choice(later);
      case 'Parallel':
        return { ...this.#parallel(place), ...this.#recovery(later), ...next };
      case 'Map':
        return { ...this.#map(place), ...this.#recovery(later), ...next };
      case 'Distributed':
        return { ...this.#distributed(place), ...this.#recovery(later), ...next };
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
      Default: later[0]!,
    };
  }

  #task({ express }: Place): JsonObject {
    const random = this.#random;
    const kinds: string[] = [RESOURCES.lambda, RESOURCES.lambda, RESOURCES.child];
    if (!express) kinds.push(RESOURCES.callback, RESOURCES.childSync);
    // A worker that does not hear of its task leaves it to the timeout.
    if (!express && this.#options.timeouts) kinds.push(ACTIVITY);
    const resource = random.pick(kinds);
    const token = resource === ACTIVITY || resource === RESOURCES.callback;
    const limits = this.#options.timeouts && (resource === ACTIVITY || random.chance(0.4));
    return {
      Type: 'Task',
      Resource: resource,
      Parameters: parametersOf(resource, this.#spoilt()),
      ResultPath: random.chance(0.3) ? null : '$.r',
      ...(limits && { TimeoutSeconds: random.between(3, 9) }),
      ...(limits && random.chance(token ? 0.8 : 0.4) && { HeartbeatSeconds: 2 }),
    };
  }

  /** What makes decisions throw, now and then. */
  #spoilt(): JsonObject {
    const drawn = this.#random.next();
    if (drawn < SPOILT_ALWAYS) return { spoilt: SPOILT.always };
    return drawn < SPOILT_ALWAYS + SPOILT_ONCE ? { spoilt: SPOILT.once } : {};
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
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.c', Next: random.pick(later) }],
      };
    return { ...retry, ...caught };
  }

  #parallel(place: Place): JsonObject {
    const branches = Array.from({ length: this.#random.between(1, 3) }, () =>
      this.#flow({ ...place, depth: place.depth + 1 }),
    );
    return { Type: 'Parallel', Branches: branches, ResultPath: '$.b' };
  }

  #map(place: Place): JsonObject {
    return {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemSelector: ITEM,
      MaxConcurrency: this.#random.between(0, 2),
      ItemProcessor: this.#flow({ ...place, depth: place.depth + 1 }),
      ResultPath: '$.m',
    };
  }

  #distributed({ depth }: Place): JsonObject {
    const random = this.#random;
    const express = random.chance(0.4);
    const batched = random.chance(0.3);
    const tolerance: JsonObject[] = [
      {},
      { ToleratedFailureCount: random.between(0, 2) },
      { ToleratedFailurePercentage: random.pick([0, 50, 100]) },
    ];
    const ProcessorConfig = {
      Mode: 'DISTRIBUTED',
      ExecutionType: express ? 'EXPRESS' : 'STANDARD',
    };
    const flow = this.#flow({ depth: depth + 1, child: true, express });
    return {
      Type: 'Map',
      ...(random.chance(0.4) ? { ItemReader: this.#reader() } : { ItemsPath: '$.items' }),
      ItemSelector: ITEM,
      ...(batched && { ItemBatcher: this.#batcher() }),
      MaxConcurrency: random.between(0, 3),
      ...random.pick(tolerance),
      ...(random.chance(0.4) && { ResultWriter: this.#writer() }),
      ItemProcessor: { ProcessorConfig, ...(batched ? this.#unpacked(flow) : flow) },
      ResultPath: '$.d',
    };
  }

  /** Now and then of an object that is not there. */
  #reader(): JsonObject {
    const type = this.#random.pick(['JSON', 'JSONL']);
    const count = this.#random.between(0, READER_ITEMS_MAX + 1);
    return {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: type, ...(this.#random.chance(0.2) && { MaxItems: 2 }) },
      Parameters: { Bucket: BUCKETS.items, Key: `${count}.${type.toLowerCase()}` },
    };
  }

  #batcher(): JsonObject {
    return { MaxItemsPerBatch: this.#random.between(1, 3), BatchInput: { ...OUTER, 'n.$': '$.n' } };
  }

  /** A flow for batches: their common input comes first. */
  #unpacked(flow: JsonObject): JsonObject {
    const name = this.#name();
    const first = { Type: 'Pass', InputPath: '$.BatchInput', Next: flow.StartAt! };
    return { StartAt: name, States: { [name]: first, ...(flow.States as JsonObject) } };
  }

  #writer(): JsonObject {
    const random = this.#random;
    const config = random.chance(0.7) && {
      WriterConfig: {
        Transformation: random.pick(['NONE', 'COMPACT', 'FLATTEN']),
        OutputType: random.pick(['JSON', 'JSONL']),
      },
    };
    const prefix = random.chance(0.1) ? BUCKETS.closed : 'r';
    return {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: BUCKETS.results, Prefix: prefix },
      ...config,
    };
  }
}

function parametersOf(resource: string, spoilt: JsonObject): JsonObject {
  if (resource === ACTIVITY) return CALL;
  if (resource === RESOURCES.child || resource === RESOURCES.childSync) {
    return { StateMachineArn: CHILD_MACHINE, Input: { n: 1, 'e.$': '$.e' } };
  }
  const token = resource === RESOURCES.callback;
  return { FunctionName: 'f', Payload: { ...CALL, ...(token && TOKEN), ...spoilt } };
}
