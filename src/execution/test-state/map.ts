/**
 * A Map whose iterations are mocked: its items, its limits, and whether too many iterations have
 * failed. Recorded: without a declared tolerance any number of them may.
 */
import type { Evaluation } from '../../asl/env.ts';
import type { MapState } from '../../asl/machine.ts';
import { Fault } from '../../ground/fault.ts';
import { Doc, isObject, type Json, tryParseJson } from '../../ground/json.ts';
import { inputOf } from '../leave.ts';
import { declaredConcurrency, itemsOf, toleranceOf } from '../states/map.ts';
import { WorkFailed } from './recovery.ts';
import { sourceText } from './source-text.ts';
import type { TestStep } from './step.ts';
import type { MapNumbers, Trial } from './trial.ts';

interface Items {
  /** An array; undefined where nobody said what the ItemReader reads. */
  readonly items: readonly Json[] | undefined;
  readonly keys?: readonly string[] | undefined;
}

/** Everything before the mock counts. Throws what fails the state, and ValidationException. */
export function* prepareMap(
  step: TestStep<MapState>,
  trial: Trial,
  numbers: MapNumbers,
): Evaluation<void> {
  const { definition } = step;
  const input = inputOf(step, definition);
  const found = definition.distributed?.itemReader
    ? readItems(trial.itemReaderData)
    : yield* statedItems(step, input);
  numbers.maxConcurrency = yield* declaredConcurrency(step, input);
  const { count, percentage } = yield* toleranceOf(step, input);
  if (count !== undefined) numbers.toleratedFailureCount = count;
  if (percentage !== undefined) numbers.toleratedFailurePercentage = percentage;
  yield* selectItems(step, input, found);
  checkFailures(trial, iterationsOf(found, trial), numbers);
}

function* statedItems(step: TestStep<MapState>, input: Doc): Evaluation<Items> {
  const { definition, stages } = step;
  const { items, keys } = yield* itemsOf(step, input);
  if (definition.queryLanguage === 'JSONPath') {
    stages.afterItemsPath = sourceText(definition.itemsPath, input) ?? items;
  }
  return { items: items.value as Json[], keys };
}

function readItems(text: string | undefined): Items {
  const value = text === undefined ? undefined : tryParseJson(text);
  if (Array.isArray(value)) return { items: value };
  if (isObject(value)) return { items: Object.values(value), keys: Object.keys(value) };
  return { items: undefined };
}

function* selectItems(
  step: TestStep<MapState>,
  input: Doc,
  { items, keys }: Items,
): Evaluation<void> {
  const { itemSelector } = step.definition;
  if (!itemSelector || !items) return;
  const selected: string[] = [];
  for (const [index, value] of items.entries()) {
    step.item = { index, key: keys?.[index], value };
    selected.push((yield* step.fill(itemSelector, input)).text);
  }
  step.item = undefined;
  step.stages.afterItemSelector = Doc.ofText(`[${selected.join(',')}]`);
}

function iterationsOf({ items }: Items, { mock }: Trial): number | undefined {
  if (items) return items.length;
  const result = mock?.type === 'result' ? tryParseJson(mock.result) : undefined;
  return Array.isArray(result) ? result.length : undefined;
}

/** A mocked error counts, however many iterations have failed (recorded). */
function checkFailures(trial: Trial, iterations: number | undefined, numbers: MapNumbers): void {
  const { failedIterations, mock } = trial;
  if (iterations !== undefined && failedIterations > iterations) {
    throw new Fault(
      'ValidationException',
      'Map iteration failure count must be less than or equal to the number of Map iterations',
    );
  }
  if (mock?.type === 'error') return;
  const { toleratedFailureCount = Infinity, toleratedFailurePercentage = 100 } = numbers;
  const percentage = iterations ? (failedIterations / iterations) * 100 : 0;
  if (failedIterations <= toleratedFailureCount && percentage <= toleratedFailurePercentage) return;
  throw new WorkFailed({
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  });
}
