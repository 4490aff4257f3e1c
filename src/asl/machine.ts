/**
 * A compiled state machine: what `compile` makes of a valid definition and what the execution core
 * interprets. Plain data plus parsed expressions; immutable and shared by all executions.
 *
 * Field names are the language's own, in camel case. Rule source: Amazon States Language.
 */
import type { Json } from '../ground/json.ts';
import type { QueryLanguage } from './query-language.ts';
import type { Resource } from './resource.ts';

/** A parsed JSONPath, context path (`$$`), variable reference or intrinsic call. See path.ts. */
export type { Path } from './path.ts';
/** A parsed payload template (JSONPath) or a JSON value with `{% %}` expressions (JSONata). */
export type { Template } from './template.ts';

import type { Path, ReferencePath } from './path.ts';
import type { Template } from './template.ts';

/** One `States` block: a whole machine, a Parallel branch or a Map's item processor. */
export interface Flow {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

export interface Machine extends Flow {
  readonly queryLanguage: QueryLanguage;
  /** Limit of the whole execution in seconds; absent = the service's own limit. */
  readonly timeoutSeconds?: number;
}

/**
 * A value that may be a literal, a path (JSONPath `…Path` twin) or an expression (JSONata).
 * `field` is the name that error texts use, for example `TimeoutSecondsPath`.
 */
export type Dynamic<T> =
  | { readonly kind: 'literal'; readonly value: T }
  | { readonly kind: 'path'; readonly field: string; readonly path: Path }
  | { readonly kind: 'jsonata'; readonly field: string; readonly source: string };

interface Common {
  readonly name: string;
  readonly queryLanguage: QueryLanguage;
  /** Absent where `end` is true (and for Choice, Succeed, Fail). */
  readonly next?: string;
  readonly end: boolean;
}

/** Fields of every state but Fail. `null` paths stand for the language's `null`. */
interface DataFlow {
  /** Undefined = `$`. JSONPath only. */
  readonly inputPath?: Path | null;
  /** Undefined = `$`. JSONPath only. */
  readonly outputPath?: Path | null;
  /** JSONata only. */
  readonly output?: Template;
  readonly assign?: Template;
}

/** Fields of the states that produce a result. */
interface ResultFlow extends DataFlow {
  /** JSONPath `Parameters` or JSONata `Arguments`. */
  readonly parameters?: Template;
  readonly resultSelector?: Template;
  /** Undefined = `$`. JSONPath only. */
  readonly resultPath?: ReferencePath | null;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds?: number;
  readonly jitterStrategy: 'NONE' | 'FULL';
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  /** Undefined = `$`. JSONPath only. */
  readonly resultPath?: ReferencePath | null;
  /** JSONata only. */
  readonly output?: Template;
  readonly assign?: Template;
}

interface Recovery {
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface PassState extends Common, ResultFlow {
  readonly type: 'Pass';
  readonly result?: { readonly value: Json };
}

export interface TaskState extends Common, ResultFlow, Recovery {
  readonly type: 'Task';
  readonly resource: Resource;
  readonly timeoutSeconds?: Dynamic<number>;
  readonly heartbeatSeconds?: Dynamic<number>;
  readonly credentials?: Template;
}

export interface ChoiceState extends Common, DataFlow {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly default?: string;
}

export interface ChoiceRule {
  readonly condition: Condition;
  readonly next: string;
  readonly assign?: Template;
  /** JSONata only. */
  readonly output?: Template;
}

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly one: Condition }
  | { readonly kind: 'compare'; readonly variable: Path; readonly test: Comparison }
  | { readonly kind: 'jsonata'; readonly field: string; readonly source: string }
  | { readonly kind: 'constant'; readonly value: boolean };

/** Operator in the language's name without `Path`, e.g. `StringEquals`, `IsPresent`. */
export interface Comparison {
  readonly operator: string;
  readonly right:
    | { readonly kind: 'literal'; readonly value: Json }
    | { readonly kind: 'path'; readonly path: Path };
}

export interface WaitState extends Common, DataFlow {
  readonly type: 'Wait';
  /** Exactly one of the two. */
  readonly seconds?: Dynamic<number>;
  readonly timestamp?: Dynamic<string>;
}

export interface SucceedState extends Common, DataFlow {
  readonly type: 'Succeed';
}

export interface FailState extends Common {
  readonly type: 'Fail';
  readonly error?: Dynamic<string>;
  readonly cause?: Dynamic<string>;
}

export interface ParallelState extends Common, ResultFlow, Recovery {
  readonly type: 'Parallel';
  readonly branches: readonly Flow[];
}

export interface MapState extends Common, Omit<ResultFlow, 'parameters'>, Recovery {
  readonly type: 'Map';
  readonly mode: 'INLINE' | 'DISTRIBUTED';
  readonly processor: Flow;
  /** JSONPath `ItemsPath`; undefined = `$`. */
  readonly itemsPath?: Path;
  /** JSONata `Items`. */
  readonly items?: Template;
  /** `ItemSelector`, or the legacy `Parameters`. */
  readonly itemSelector?: Template;
  readonly maxConcurrency?: Dynamic<number>;
  readonly toleratedFailureCount?: Dynamic<number>;
  readonly toleratedFailurePercentage?: Dynamic<number>;
  /** Fields that only a DISTRIBUTED map has; absent otherwise. */
  readonly distributed?: DistributedMap;
}

export interface DistributedMap {
  readonly executionType: 'STANDARD' | 'EXPRESS';
  readonly label?: string;
  readonly itemReader?: ItemReader;
  readonly itemBatcher?: ItemBatcher;
  readonly resultWriter?: ResultWriter;
}

export interface ItemReader {
  readonly action: 'getObject' | 'listObjectsV2';
  /** JSONPath `Parameters` or JSONata `Arguments`: what the service is asked for. */
  readonly parameters?: Template;
  /** `ReaderConfig` without the number of items; a JSONPath state's is as it is written. */
  readonly config: Template;
  readonly maxItems?: Dynamic<number>;
}

export interface ItemBatcher {
  readonly itemsMax?: Dynamic<number>;
  readonly bytesMax?: Dynamic<number>;
  readonly batchInput?: Template;
}

export interface ResultWriter {
  /** False where only the shape of the state's result is configured. */
  readonly exports: boolean;
  /** As of ItemReader. */
  readonly parameters?: Template;
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;
export type StateType = State['type'];
