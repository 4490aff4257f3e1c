/** The items of a mocked Map, from its input or from what its ItemReader has read. */
import type { Evaluation } from '../../asl/env.ts';
import type { ItemReader, MapState } from '../../asl/machine.ts';
import { Doc, isObject, type Json, type JsonObject, tryParseData } from '../../ground/json.ts';
import { batchesOf } from '../batches.ts';
import { STATE_DATA } from '../context.ts';
import { batcherOf } from '../states/distributed.ts';
import { itemsOf, plainItem } from '../states/items.ts';
import { textAtPath, textAtPointer } from './source-text.ts';
import type { TestStep } from './step.ts';

type MapStep = TestStep<MapState>;

/** Undefined where nobody said what the ItemReader reads. Records the stages on the way. */
export function* findItems(
  step: MapStep,
  input: Doc,
  readerData: string | undefined,
): Evaluation<readonly Json[] | undefined> {
  const reader = step.definition.distributed?.itemReader;
  const found = reader
    ? yield* readItems(step, input, reader, readerData)
    : yield* statedItems(step, input);
  if (!found) return undefined;
  const selected = yield* selectItems(step, input, found);
  yield* batchItems(step, input, selected);
  return found.items;
}

interface Items {
  readonly items: readonly Json[];
  readonly keys?: readonly string[] | undefined;
}

function* statedItems(step: MapStep, input: Doc): Evaluation<Items> {
  const { definition, stages } = step;
  const { items, keys } = yield* itemsOf(step, input);
  if (definition.queryLanguage === 'JSONPath') {
    stages.afterItemsPath = textAtPath(definition.itemsPath, input) ?? items;
  }
  return { items: items.value as Json[], keys };
}

/** The reader's own fields are evaluated for their errors; what it reads is given. */
function* readItems(
  step: MapStep,
  input: Doc,
  { parameters, config }: ItemReader,
  data: string | undefined,
): Evaluation<Items | undefined> {
  if (parameters) yield* step.fill(parameters, input);
  if (data === undefined) return undefined;
  const { ItemsPointer: pointer, InputType } = (yield* step.fill(config, input))
    .value as JsonObject;
  if (typeof pointer !== 'string') return iterable(readData(data, InputType));
  const pointed = textAtPointer(pointer, Doc.ofText(data));
  if (pointed) step.stages.afterItemsPointer = pointed;
  return pointed && iterable(pointed.value);
}

function readData(data: string, inputType: Json | undefined): Json | undefined {
  if (inputType !== 'JSONL') return tryParseData(data);
  const lines = data.split('\n').filter((line) => line.trim() !== '');
  return tryParseData(`[${lines.join(',')}]`);
}

function iterable(value: Json | undefined): Items | undefined {
  if (Array.isArray(value)) return { items: value };
  return isObject(value) ? { items: Object.values(value), keys: Object.keys(value) } : undefined;
}

/** JSON texts of the iterations' inputs. */
function* selectItems(step: MapStep, input: Doc, { items, keys }: Items): Evaluation<string[]> {
  const { itemSelector, mode } = step.definition;
  const source = mode === 'DISTRIBUTED' ? STATE_DATA : undefined;
  const selected: string[] = [];
  for (const [index, value] of items.entries()) {
    step.item = { index, key: keys?.[index], value, source };
    const filled = itemSelector
      ? yield* step.fill(itemSelector, input)
      : Doc.ofValue(plainItem(step.item));
    selected.push(filled.text);
  }
  step.item = undefined;
  if (itemSelector) step.stages.afterItemSelector = Doc.ofText(`[${selected.join(',')}]`);
  return selected;
}

function* batchItems(step: MapStep, input: Doc, items: readonly string[]): Evaluation<void> {
  const batcher = step.definition.distributed?.itemBatcher;
  if (!batcher) return;
  const limits = yield* batcherOf(step, batcher, input);
  const batches = batchesOf(items, limits, limits.batchInput);
  step.stages.afterItemBatcher = Doc.ofText(`[${batches.join(',')}]`);
}
