/**
 * A Map whose iterations are mocked: its items, its limits, and whether too many iterations have
 * failed. Recorded: without a declared tolerance any number of them may.
 */
import type { Evaluation } from '../../asl/env.ts';
import type { MapState } from '../../asl/machine.ts';
import { Fault } from '../../ground/fault.ts';
import { tryParseData } from '../../ground/json.ts';
import { inputOf } from '../leave.ts';
import { declaredConcurrency, toleranceOf } from '../states/items.ts';
import { findItems } from './items.ts';
import { WorkFailed } from './recovery.ts';
import type { TestStep } from './step.ts';
import type { MapNumbers, Trial } from './trial.ts';

/**
 * Everything before the mock counts. Throws what fails the state, and ValidationException where
 * more iterations are said to have failed than there are.
 */
export function* prepareMap(
  step: TestStep<MapState>,
  trial: Trial,
  numbers: MapNumbers,
): Evaluation<void> {
  const input = inputOf(step, step.definition);
  const items = yield* findItems(step, input, trial.itemReaderData);
  numbers.maxConcurrency = yield* declaredConcurrency(step, input);
  const { count, percentage } = yield* toleranceOf(step, input);
  if (count !== undefined) numbers.toleratedFailureCount = count;
  if (percentage !== undefined) numbers.toleratedFailurePercentage = percentage;
  checkFailures(trial, items?.length ?? mockedIterations(trial), numbers);
}

function mockedIterations({ mock }: Trial): number | undefined {
  const result = mock?.type === 'result' ? tryParseData(mock.result) : undefined;
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
