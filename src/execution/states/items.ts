/** What inline and distributed Maps declare alike: their items, how many at once, how many may fail. */
import { invalidPath } from '../../asl/dataflow.ts';
import type { Evaluation } from '../../asl/env.ts';
import { expectType } from '../../asl/evaluator.ts';
import { LanguageError } from '../../asl/language-error.ts';
import type { MapState } from '../../asl/machine.ts';
import { readPath } from '../../asl/path.ts';
import { Doc, isObject, type Json, printJson } from '../../ground/json.ts';
import { anyNumber, runtimeError, wholeNumber } from '../dynamic.ts';
import type { Step } from '../step.ts';

/** What an iteration gets without ItemSelector. */
export function plainItem({
  key,
  value,
}: {
  readonly key: string | undefined;
  readonly value: Json;
}): Json {
  return key === undefined ? value : { Key: key, Value: value };
}

/** 0, which is also the default, leaves it to the service. */
export function* declaredConcurrency(step: Step<MapState>, input: Doc): Evaluation<number> {
  const { maxConcurrency } = step.definition;
  if (!maxConcurrency) return 0;
  return yield* wholeNumber(step, maxConcurrency, input, (value) =>
    value < 0 ? 'MaxConcurrency cannot be negative.' : undefined,
  );
}

/** How many items may fail, as declared. */
export interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

/** An inline Map reads it for its errors alone: it tolerates no failure (recorded). */
export function* toleranceOf(step: Step<MapState>, input: Doc): Evaluation<Tolerance> {
  const { toleratedFailureCount, toleratedFailurePercentage } = step.definition;
  const count =
    toleratedFailureCount &&
    (yield* wholeNumber(step, toleratedFailureCount, input, (value) =>
      value < 0 ? 'ToleratedFailureCount cannot be negative.' : undefined,
    ));
  const percentage =
    toleratedFailurePercentage &&
    (yield* anyNumber(step, toleratedFailurePercentage, input, (value) =>
      value < 0 || value > 100
        ? 'ToleratedFailurePercentage must be between 0 and 100.'
        : undefined,
    ));
  return { count, percentage };
}

interface Items {
  /** An array. */
  readonly items: Doc;
  readonly keys?: readonly string[];
}

export function* itemsOf(step: Step<MapState>, input: Doc): Evaluation<Items> {
  const state = step.definition;
  if (state.queryLanguage === 'JSONata') {
    const found = state.items ? yield* step.fill(state.items, input) : input;
    return iterable(found, state) ?? notIterable(state, found.value);
  }
  const { itemsPath } = state;
  const found = itemsPath ? readPath(itemsPath, step.env(input.value)) : undefined;
  if (itemsPath && found && 'miss' in found) throw invalidPath(itemsPath, found.miss);
  const doc = found && 'value' in found ? Doc.ofValue(found.value) : input;
  const items = iterable(doc, state);
  if (items) return items;
  // AWS prints a path into the context object without its first `$` (recorded).
  const text = (itemsPath?.text ?? '$').replace(/^\$\$/, '$');
  throw runtimeError(`Reference path "${text}" must point to array.`);
}

/** A distributed Map iterates over an object's keys and values; an inline one refuses (recorded). */
function iterable(doc: Doc, { mode }: MapState): Items | undefined {
  const { value } = doc;
  if (Array.isArray(value)) return { items: doc };
  if (!isObject(value) || mode === 'INLINE') return undefined;
  return { items: Doc.ofValue(Object.values(value)), keys: Object.keys(value) };
}

function notIterable(state: MapState, value: Json): never {
  const node = state.items?.language === 'JSONata' ? state.items.node : undefined;
  if (node?.kind === 'expression') expectType(value, ['array'], node);
  throw new LanguageError(
    'States.QueryEvaluationError',
    `Map state input must be an array but was: ${printJson(value)}`,
  );
}
