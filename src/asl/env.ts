/**
 * What an evaluation can see, and how it fails. Shared by paths, templates, intrinsics, choice
 * rules and JSONata expressions.
 */
import type { Json } from '../ground/json.ts';
import type { Tools } from '../ground/tools.ts';
import type { Effort } from './effort.ts';

export type Variables = Readonly<Record<string, Json>>;

export interface Env {
  /** What `$` means here. */
  readonly input: Json;
  /** What `$$` means; a function, because most states never ask. */
  readonly context: () => Json;
  readonly variables: Variables;
  /** For States.UUID, States.MathRandom and States.Hash. */
  readonly tools: Tools;
  /** What is left to be done for the field that is evaluated. */
  readonly effort: Effort;
}

/**
 * A failure that the language itself raises, e.g. `States.Runtime`, `States.QueryEvaluationError`,
 * `States.ResultPathMatchFailure`. `cause` has no "An error occurred while executing…" prefix;
 * whoever knows the state adds it. `location` is the field path an EvaluationFailed event shows.
 */
export class LanguageError extends Error {
  override name = 'LanguageError';
  readonly error: string;
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(cause);
    this.error = error;
    this.location = location;
  }
}

/** One JSONata expression to be evaluated by whoever drives an Evaluation. */
export interface ExpressionRequest {
  /** Source without `{% %}`. */
  readonly source: string;
  /** For error texts and EvaluationFailed locations, e.g. `Output/result`. */
  readonly field: string;
  /** Contents of `$states`. */
  readonly states: Readonly<Record<string, Json>>;
  readonly variables: Variables;
}

/**
 * A computation that may need JSONata, whose library is asynchronous: it yields requests and is
 * resumed with their values (or a LanguageError is thrown into it). JSONPath machines never yield,
 * so they run synchronously.
 */
export type Evaluation<T> = Generator<ExpressionRequest, T, Json>;
