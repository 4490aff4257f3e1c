/**
 * Map, inline: one iteration per item. An iteration begins when there is a place for it, and runs
 * as far as it can before the next one begins, which is the order recorded.
 */
import type { Evaluation } from '../../asl/env.ts';
import type { MapState } from '../../asl/machine.ts';
import { Doc, type Json } from '../../ground/json.ts';
import { itemAt } from '../context.ts';
import { iterationStarted, mapStarted } from '../event.ts';
import { inputOf } from '../leave.ts';
import { allSucceeded, canStartMore, childPath } from '../state.ts';
import type { Step } from '../step.ts';
import { begin } from '../transition.ts';
import { declaredConcurrency, itemsOf, plainItem, toleranceOf } from './items.ts';
import { gather } from './parallel.ts';

export function* executeMap(step: Step<MapState>): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const input = inputOf(step, definition);
  const concurrency = yield* concurrencyOf(step, input);
  const { items, keys } = yield* itemsOf(step, input);
  const extra = {
    items: items === input ? undefined : items.text,
    input: input === open.input ? undefined : input.text,
    keys,
  };
  const { length } = items.value as Json[];
  fold.append(mapStarted(length, concurrency, extra), scope, scope.last, items);
  yield* toleranceOf(step, input);
  fold.first(scope);
}

/** An iteration is through, or has stopped where it must wait. */
export function* resumeMap(step: Step<MapState>): Evaluation<void> {
  const { open, definition } = step;
  const children = open.children!;
  if (allSucceeded(open)) return yield* gather(step, definition);
  if (canStartMore(children)) yield* startIteration(step, children.next);
}

function* startIteration(step: Step<MapState>, index: number): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const children = open.children!;
  step.item = itemAt(open, index);
  const input = definition.itemSelector
    ? yield* step.fill(definition.itemSelector, children.input)
    : Doc.ofValue(plainItem(step.item));
  step.item = undefined;
  const path = childPath(scope, index);
  // Begins beside the others, or in the place of one that has ended (recorded).
  const previous = children.freed ?? children.startedId;
  fold.append(iterationStarted(open.name, index), { path, last: previous });
  fold.first(scope);
  begin(fold, fold.state.scopes.get(path)!, input);
}

function* concurrencyOf(step: Step<MapState>, input: Doc): Evaluation<number> {
  return (yield* declaredConcurrency(step, input)) || step.fold.limits.inlineMapIterations;
}
