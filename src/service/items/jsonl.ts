/** JSON Lines: one value a line. Blank lines are no items. */
import { type Json, parseData } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { contentOf, Pending, textOf } from './bytes.ts';
import { ITEM_BYTES_MAX, type ItemSource, ItemsError, type SourceItem } from './source.ts';

const NEWLINE = 0x0a;

/** The position is the number of the byte after the line. */
export function jsonLines(objects: ObjectStore, ref: ObjectRef): ItemSource {
  return { read: (position) => read(objects, ref, (position as number | null) ?? 0) };
}

async function* read(
  objects: ObjectStore,
  ref: ObjectRef,
  from: number,
): AsyncGenerator<SourceItem[]> {
  const pending = new Pending(from);
  for await (const chunk of contentOf(objects, ref, from)) {
    pending.add(chunk);
    const items: SourceItem[] = [];
    const { bytes, at } = pending;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      addLine(items, bytes.subarray(start, end), at + end + 1);
      start = end + 1;
    }
    pending.use(start);
    if (pending.bytes.length > ITEM_BYTES_MAX) throw new ItemsError('An item is too large.');
    if (items.length > 0) yield items;
  }
  const items: SourceItem[] = [];
  addLine(items, pending.bytes, pending.at + pending.bytes.length);
  if (items.length > 0) yield items;
}

function addLine(items: SourceItem[], line: Uint8Array, position: number): void {
  const text = textOf(line);
  if (text.trim() !== '') items.push({ value: parse(text), position });
}

function parse(text: string): Json {
  try {
    return parseData(text);
  } catch (error) {
    throw new ItemsError(`A line is not valid JSON: ${(error as Error).message}`);
  }
}
