/**
 * Map, distributed: the state hands its items to a Map Run and waits for its outcome. Everything
 * the Map Run needs is evaluated here, once, and stands in the event that begins it.
 */
import type { Evaluation } from '../../asl/env.ts';
import type {
  Dynamic,
  ItemBatcher,
  ItemReader,
  MapState,
  ResultWriter,
} from '../../asl/machine.ts';
import type { Template } from '../../asl/template.ts';
import { mapRunArn, parseArn } from '../../ground/arn.ts';
import { uuidFrom } from '../../ground/id.ts';
import { Doc, isObject, type JsonObject, rounded } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import { runtimeError, wholeNumber } from '../dynamic.ts';
import {
  childrenSucceeded,
  mapRunAborted,
  mapRunFailed,
  mapRunRedriven,
  mapRunStarted,
  mapRunSucceeded,
  mapStarted,
} from '../event.ts';
import { guarded, stateFailed } from '../failure.ts';
import type { Fold } from '../fold.ts';
import { inputOf, leaveWithResult } from '../leave.ts';
import { READER_ITEMS_MAX } from '../limits.ts';
import type {
  BatcherOrder,
  MapRunOrder,
  MapRunRedrive,
  ReaderOrder,
  WriterOrder,
} from '../maprun-order.ts';
import type { Failure } from '../record.ts';
import type { OpenMapRun } from '../state.ts';
import type { Step } from '../step.ts';
import { checkSize } from '../transition.ts';
import { declaredConcurrency, itemsOf, toleranceOf } from './items.ts';

type MapStep = Step<MapState>;

export function* executeDistributed(step: MapStep): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const earlier = open.children?.mapRun;
  if (earlier?.toRedrive) return goOn(step, earlier);
  const { executionType, itemReader, itemBatcher, resultWriter } = definition.distributed!;
  const input = inputOf(step, definition);
  const maxConcurrency = yield* declaredConcurrency(step, input);
  const found = itemReader === undefined ? yield* itemsOf(step, input) : undefined;
  const total = found && (found.items.value as unknown[]).length;
  const extra = {
    items: !found || found.items === input ? undefined : found.items.text,
    input: input === open.input ? undefined : input.text,
    keys: found?.keys,
  };
  fold.append(mapStarted(total ?? 0, 0, extra), scope, scope.last, found?.items);
  const { count, percentage } = yield* toleranceOf(step, input);
  const reader = itemReader && (yield* readerOf(step, itemReader, input));
  const batcher = itemBatcher && (yield* batcherOf(step, itemBatcher, input));
  const writer = resultWriter && (yield* writerOf(step, resultWriter, input));
  const { facts } = fold.state;
  const label = labelOf(definition, facts.machineArn, fold.tools);
  const [machine] = facts.machineName.split('/') as [string];
  const arn = mapRunArn(parseArn(facts.machineArn)!, machine, label, fold.tools.uuid());
  const order: MapRunOrder = {
    arn,
    label,
    stateName: open.name,
    executionType,
    maxConcurrency,
    ...(count !== undefined && { toleratedFailureCount: count }),
    ...(percentage !== undefined && { toleratedFailurePercentage: percentage }),
    ...(total !== undefined && { total }),
    ...(reader && { reader }),
    ...(batcher && { batcher }),
    ...(writer && { writer }),
  };
  fold.append(mapRunStarted(arn, order), scope);
}

/**
 * What its Map Runs are named by. A state without a label of its own has the same one in every
 * execution of its machine.
 */
export function labelOf(
  { name, distributed }: MapState,
  machineArn: string,
  tools: Pick<Tools, 'digest'>,
): string {
  const own = distributed?.label;
  if (own !== undefined) return own;
  const [machine] = machineArn.split('/') as [string];
  return uuidFrom(tools.digest('SHA-256', `${machine}\n${name}`));
}

/** The execution is redriven, and its Map Run with it. */
function goOn({ fold, scope }: MapStep, { arn, redriveCount }: OpenMapRun): void {
  const count = redriveCount + 1;
  const { mapRunRedrives } = fold.limits;
  if (count > mapRunRedrives) {
    throw runtimeError(`The Map Run has been redriven ${mapRunRedrives} times already.`);
  }
  const note: MapRunRedrive = { arn, redriveCount: count };
  fold.append(mapRunRedriven(arn, count, note), scope);
}

/** What a service is asked for; no object where a wrong expression makes none. */
function* askedFor(
  step: MapStep,
  parameters: Template | undefined,
  input: Doc,
): Evaluation<JsonObject> {
  if (!parameters) return {};
  const { value } = yield* step.fill(parameters, input);
  return isObject(value) ? (rounded(value) as JsonObject) : {};
}

function* readerOf(
  step: MapStep,
  { action, parameters, config: template, maxItems }: ItemReader,
  input: Doc,
): Evaluation<ReaderOrder> {
  const most = maxItems && (yield* wholeNumber(step, maxItems, input, () => undefined));
  const config = (yield* step.fill(template, input)).value;
  return {
    action,
    parameters: yield* askedFor(step, parameters, input),
    config: rounded(config) as JsonObject,
    ...(most && { maxItems: Math.min(most, READER_ITEMS_MAX) }),
  };
}

export function* batcherOf(
  step: MapStep,
  batcher: ItemBatcher,
  input: Doc,
): Evaluation<BatcherOrder> {
  const itemsMax = yield* batchLimit(step, batcher.itemsMax, 'MaxItemsPerBatch', input);
  const bytesMax = yield* batchLimit(step, batcher.bytesMax, 'MaxInputBytesPerBatch', input);
  const batchInput = batcher.batchInput && (yield* step.fill(batcher.batchInput, input));
  return {
    ...(itemsMax !== undefined && { itemsMax }),
    ...(bytesMax !== undefined && { bytesMax }),
    ...(batchInput && { batchInput: batchInput.text }),
  };
}

/** How many items, or bytes, a batch may have; undefined where nothing is said. */
function* batchLimit(
  step: MapStep,
  limit: Dynamic<number> | undefined,
  field: string,
  input: Doc,
): Evaluation<number | undefined> {
  if (!limit) return undefined;
  return yield* wholeNumber(step, limit, input, (value) =>
    value > 0 ? undefined : `field ${field} must be positive`,
  );
}

function* writerOf(
  step: MapStep,
  { exports, parameters, transformation, outputType }: ResultWriter,
  input: Doc,
): Evaluation<WriterOrder> {
  const { Bucket: bucket = '', Prefix: prefix = '' } = yield* askedFor(step, parameters, input);
  return {
    ...(exports && { target: { bucket: String(bucket), prefix: String(prefix) } }),
    transformation,
    outputType,
  };
}

/** The state goes on with the result. MapStateExited points at MapRunStarted (recorded). */
export function* succeeded(step: MapStep, output: string): Evaluation<void> {
  const { fold, scope, open, definition } = step;
  const result = Doc.ofText(output);
  fold.append(mapRunSucceeded(open.attempt), scope);
  fold.append(childrenSucceeded('Map'), scope, fold.state.nextId - 1);
  step.gathered = true;
  checkSize(step, result);
  yield* guarded(step, leaveWithResult(step, definition, result, definition.next));
}

export function* failed(step: MapStep, { error, cause }: Failure): Evaluation<void> {
  const { fold, scope, open } = step;
  fold.append(mapRunFailed(open.attempt, { error, cause }), scope);
  yield* stateFailed(step, { error, cause, kind: 'task' });
}

/** The execution is about to end, and its Map Runs with it. */
export function abortMapRuns(fold: Fold): void {
  for (const scope of fold.state.scopes.values()) {
    if (fold.state.nextId >= fold.limits.historyEvents) return;
    if (scope.open && scope.current?.phase === 'mapRun') fold.append(mapRunAborted(), scope);
  }
}
