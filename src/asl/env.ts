/**
 * What an evaluation can see, and what it asks for. Shared by paths, templates, intrinsics, choice
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
