/**
 * CSV: every field a text, the item an object by the names of the columns. Rules: developer guide,
 * "ItemReader", and recordings: a line of delimiters or blanks alone is an item, missing fields are
 * empty, surplus ones are dropped; `""` is a quotation mark inside quotes, a backslash escapes
 * outside of them.
 */
import { hashOrder } from '../../asl/hash-order.ts';
import { byteLength, type JsonObject } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore } from '../ports/objects.ts';
import { contentOf, Pending, textOf } from './bytes.ts';
import { ITEM_BYTES_MAX, type ItemSource, ItemsError, type SourceItem } from './source.ts';

export interface CsvOptions {
  readonly delimiter: string;
  /** Undefined: the first record has them. */
  readonly headers: readonly string[] | undefined;
}

const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};
const HEADER_BYTES_MAX = 10 * 1024;

export function csvOptions(config: JsonObject): CsvOptions {
  const { CSVDelimiter: delimiter = 'COMMA', CSVHeaderLocation: location, CSVHeaders } = config;
  const given = location === 'GIVEN' && Array.isArray(CSVHeaders);
  return {
    delimiter: DELIMITERS[String(delimiter)] ?? ',',
    headers: given ? CSVHeaders.map(String) : undefined,
  };
}

/** The position is the number of the byte after the record. */
export function csvRecords(objects: ObjectStore, ref: ObjectRef, options: CsvOptions): ItemSource {
  return { read: (position) => read(objects, ref, options, position as number | null) };
}

async function* read(
  objects: ObjectStore,
  ref: ObjectRef,
  { delimiter, headers }: CsvOptions,
  position: number | null,
): AsyncGenerator<SourceItem[]> {
  let names = headers && columnsOf(headers);
  let from = position ?? 0;
  if (!names) {
    // Going on in the middle of an object, its first record still has the names.
    const first = await firstRecord(objects, ref, delimiter);
    if (!first) return;
    names = columnsOf(first.fields);
    from = position ?? first.end;
  }
  for await (const records of recordsFrom(objects, ref, delimiter, from)) {
    yield records.map(({ fields, end }) => ({ value: itemOf(names, fields), position: end }));
  }
}

async function firstRecord(
  objects: ObjectStore,
  ref: ObjectRef,
  delimiter: string,
): Promise<CsvRecord | undefined> {
  for await (const [first] of recordsFrom(objects, ref, delimiter, 0)) return first;
  return undefined;
}

interface Column {
  readonly name: string;
  readonly index: number;
}

/** In the order in which AWS builds items. */
function columnsOf(headers: readonly string[]): Column[] {
  if (new Set(headers).size < headers.length) {
    throw new ItemsError('CSV headers cannot contain duplicates.');
  }
  if (byteLength(headers.join()) > HEADER_BYTES_MAX) {
    throw new ItemsError('The CSV headers are larger than 10 KiB.');
  }
  return hashOrder(headers).map((name) => ({ name, index: headers.indexOf(name) }));
}

function itemOf(columns: readonly Column[], fields: readonly string[]): JsonObject {
  return Object.fromEntries(columns.map(({ name, index }) => [name, fields[index] ?? '']));
}

interface CsvRecord {
  readonly fields: readonly string[];
  /** Position of the byte after it. */
  readonly end: number;
}

async function* recordsFrom(
  objects: ObjectStore,
  ref: ObjectRef,
  delimiter: string,
  from: number,
): AsyncGenerator<CsvRecord[]> {
  const pending = new Pending(from);
  const scanner = new RecordScanner(delimiter.charCodeAt(0));
  const take = (length: number, terminator: number, records: CsvRecord[]): void => {
    const text = textOf(pending.bytes.subarray(0, length));
    pending.use(length + terminator);
    if (text !== '' && text !== '\r') {
      records.push({ fields: fieldsOf(text.replace(/\r$/, ''), delimiter), end: pending.at });
    }
  };
  for await (const chunk of contentOf(objects, ref, from)) {
    pending.add(chunk);
    const records: CsvRecord[] = [];
    for (let end = scanner.next(pending.bytes); end >= 0; end = scanner.next(pending.bytes)) {
      take(end, 1, records);
    }
    if (pending.bytes.length > ITEM_BYTES_MAX) throw new ItemsError('An item is too large.');
    if (records.length > 0) yield records;
  }
  const last: CsvRecord[] = [];
  take(pending.bytes.length, 0, last);
  if (last.length > 0) yield last;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds the newlines that end records, and remembers where it stopped looking. */
class RecordScanner {
  readonly #delimiter: number;
  #at = 0;
  #quoted = false;
  #fieldBegins = true;
  /** The byte before closed a quoted text; another quotation mark opens it again. */
  #closed = false;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  /** Index of the newline after the next record, or -1 where more bytes are needed. */
  next(bytes: Uint8Array): number {
    for (let i = this.#at; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.#quoted) {
        this.#closed = byte === QUOTE;
        this.#quoted = !this.#closed;
        continue;
      }
      if (byte === NEWLINE) {
        this.#at = 0;
        this.#fieldBegins = true;
        this.#closed = false;
        return i;
      }
      if (byte === QUOTE && (this.#fieldBegins || this.#closed)) this.#quoted = true;
      else if (byte === BACKSLASH) {
        if (i + 1 === bytes.length) {
          this.#at = i;
          return -1;
        }
        i++;
      }
      this.#closed = false;
      this.#fieldBegins = byte === this.#delimiter;
    }
    this.#at = bytes.length;
    return -1;
  }
}

/** Fields of one record, without the newline. */
export function fieldsOf(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let begins = true;
  for (let i = 0; i < record.length; i++) {
    const char = record[i]!;
    if (quoted) {
      if (char !== '"') field += char;
      else if (record[i + 1] === '"') field += record[++i];
      else quoted = false;
      continue;
    }
    if (char === delimiter) {
      fields.push(field);
      field = '';
      begins = true;
      continue;
    }
    if (char === '"' && begins) quoted = true;
    else if (char === '\\' && i + 1 < record.length) field += record[++i];
    else field += char;
    begins = false;
  }
  fields.push(field);
  return fields;
}
