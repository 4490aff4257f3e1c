/**
 * JSON: the elements of an array or the members of an object, at the top of the file or where
 * ItemsPointer (RFC 6901) leads. The file is never held as a whole: only the part up to the place
 * pointed at, which must be near the beginning, and one item at a time.
 */
import { type Json, type JsonObject, parseData } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { contentOf, Pending, textOf } from './bytes.ts';
import { findTarget } from './json-scan.ts';
import { ITEM_BYTES_MAX, type ItemSource, ItemsError, type SourceItem } from './source.ts';

/** The pointer's target must begin before. Source: developer guide, "ItemsPointer". */
const POINTER_REACH_BYTES = 16 * 1024 * 1024;
const INVALID = 'The file is not valid JSON.';
const NOT_ITERABLE = 'Attempting to map over non-iterable node.';

/** `[kind, byte]`: what is being walked through, and the byte after the last item. */
type Position = readonly ['array' | 'object', number];

export function jsonItems(
  objects: ObjectStore,
  ref: ObjectRef,
  pointer: string | undefined,
): ItemSource {
  return {
    async *read(position) {
      const known = position as Position | null;
      const [kind, from] = known ?? (await begin(objects, ref, pointer ?? ''));
      yield* walk(objects, ref, kind, from);
    },
  };
}

/** Where the first item begins. */
async function begin(objects: ObjectStore, ref: ObjectRef, pointer: string): Promise<Position> {
  const pending = new Pending(0);
  let enough = 0;
  for await (const chunk of contentOf(objects, ref, 0)) {
    pending.add(chunk);
    // Looked at again from the start, so only when there is twice as much.
    if (pending.bytes.length < enough) continue;
    const found = findTarget(pending.bytes, pointer);
    if (found !== 'more') return opened(pending.bytes, found, pointer);
    if (pending.bytes.length > POINTER_REACH_BYTES) break;
    enough = pending.bytes.length * 2;
  }
  const found = findTarget(pending.bytes, pointer);
  if (found !== 'more') return opened(pending.bytes, found, pointer);
  throw new ItemsError(
    pending.bytes.length > POINTER_REACH_BYTES
      ? `The ItemsPointer '${pointer}' leads beyond the first 16 MB of the file.`
      : INVALID,
  );
}

const OPEN = { 91: 'array', 123: 'object' } as const;

function opened(bytes: Uint8Array, at: number | 'missing', pointer: string): Position {
  if (at === 'missing') {
    throw new ItemsError(`The ItemsPointer '${pointer}' leads nowhere in the file.`);
  }
  const kind = OPEN[bytes[at] as keyof typeof OPEN];
  if (!kind) throw new ItemsError(NOT_ITERABLE);
  return [kind, at + 1];
}

async function* walk(
  objects: ObjectStore,
  ref: ObjectRef,
  kind: 'array' | 'object',
  from: number,
): AsyncGenerator<SourceItem[]> {
  const pending = new Pending(from);
  const scanner = new ItemScanner(kind);
  let first = true;
  for await (const chunk of contentOf(objects, ref, from)) {
    pending.add(chunk);
    const items: SourceItem[] = [];
    for (let end = scanner.next(pending.bytes); end >= 0; end = scanner.next(pending.bytes)) {
      const text = textOf(pending.bytes.subarray(0, end));
      const closes = pending.bytes[end] !== COMMA;
      pending.use(end + 1);
      if (text.trim() === '' && !(closes && first)) throw new ItemsError(INVALID);
      first = false;
      // After the last item the position is at the end of the container, where there is nothing.
      if (text.trim() !== '') {
        items.push(itemOf(kind, text, closes ? pending.at - 1 : pending.at));
      }
      if (!closes) continue;
      if (items.length > 0) yield items;
      return;
    }
    if (pending.bytes.length > ITEM_BYTES_MAX) throw new ItemsError('An item is too large.');
    if (items.length > 0) yield items;
  }
  throw new ItemsError(INVALID);
}

function itemOf(kind: 'array' | 'object', text: string, at: number): SourceItem {
  const position: Json = [kind, at];
  try {
    if (kind === 'array') return { value: parseData(text), position };
    const [[key, value]] = Object.entries(parseData(`{${text}}`) as JsonObject) as [[string, Json]];
    return { key, value, position };
  } catch (error) {
    throw new ItemsError(`The file is not valid JSON: ${(error as Error).message}`);
  }
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds the commas between items and the bracket after the last one. */
class ItemScanner {
  readonly #close: number;
  #at = 0;
  #depth = 0;
  #quoted = false;

  constructor(kind: 'array' | 'object') {
    this.#close = kind === 'array' ? 0x5d : 0x7d;
  }

  /** Index of the byte after the next item, or -1 where more bytes are needed. */
  next(bytes: Uint8Array): number {
    for (let i = this.#at; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.#quoted) {
        if (byte === QUOTE) this.#quoted = false;
        else if (byte === BACKSLASH) {
          if (i + 1 === bytes.length) {
            this.#at = i;
            return -1;
          }
          i++;
        }
        continue;
      }
      if (byte === QUOTE) this.#quoted = true;
      else if (byte === 0x5b || byte === 0x7b) this.#depth++;
      else if (byte === 0x5d || byte === 0x7d) {
        if (this.#depth-- > 0) continue;
        if (byte !== this.#close) throw new ItemsError(INVALID);
        return this.#found(i);
      } else if (byte === COMMA && this.#depth === 0) return this.#found(i);
    }
    this.#at = bytes.length;
    return -1;
  }

  #found(index: number): number {
    this.#at = 0;
    return index;
  }
}
