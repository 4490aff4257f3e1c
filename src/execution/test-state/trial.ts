/** What is to be tested, and what came of it. */
import type { State } from '../../asl/machine.ts';
import type { Json, JsonObject } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import type { TaskOrder } from '../effect.ts';
import type { Assigned, Failure } from '../record.ts';
import type { ExecutionFacts } from '../state.ts';

export interface Trial {
  readonly state: State;
  /** Of the execution that is made up around it; an empty role stands for none. */
  readonly facts: ExecutionFacts;
  /** JSON text. */
  readonly input: string;
  readonly variables: JsonObject;
  /** Replaces the context object. */
  readonly context: Json | undefined;
  /** In place of the state's work; a Map and a Parallel need one. */
  readonly mock: Mock | undefined;
  /** Retries that have been made. */
  readonly retryCount: number;
  /** Iterations of a Map that have failed. */
  readonly failedIterations: number;
  /** What a Map's ItemReader has read; undefined where the caller did not say. */
  readonly itemReaderData: string | undefined;
}

export type Mock =
  /** JSON text. */
  { readonly type: 'result'; readonly result: string } | ({ readonly type: 'error' } & Failure);

/** What the outside must do before the test can go on. */
export type Errand =
  | { readonly type: 'task'; readonly order: TaskOrder }
  | { readonly type: 'wait'; readonly due: Instant };

export interface Verdict extends Failure {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  /** JSON text. */
  readonly output?: string;
  readonly nextState?: string | undefined;
  /** JSON text by variable. */
  readonly assigned?: Assigned | undefined;
  readonly errorDetails?: ErrorDetails;
}

/** Positions in Retry and Catch. */
export interface ErrorDetails {
  readonly catchIndex?: number;
  readonly retryIndex?: number;
  readonly retryBackoffIntervalSeconds?: number;
}

/** What a Map declares, evaluated. */
export interface MapNumbers {
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
}
