/**
 * Many units as one run of bytes. A thread is told things by copying them; one buffer that changes
 * hands costs a tenth of as many objects. SQL texts travel once and are numbers from then on.
 *
 *     unit:      guards u8, statements u32, statement…
 *     statement: text u32 (or INLINE and the text), values u16, value…
 *     value:     tag u8, then nothing | f64 | length u32 and bytes
 */
import { Buffer } from 'node:buffer';
import { DatabaseError, type Statement, type Unit, type Value } from '../database.ts';

const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BYTES = 3;
const INLINE = 0xffff_ffff;

/** Texts beyond this many travel with every unit: somebody builds SQL from values. */
const TEXTS_MAX = 2_000;
const INITIAL_BYTES = 256 * 1024;
/** A bigger buffer is not kept for the next batch. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

export interface Batch {
  readonly buffer: ArrayBuffer;
  readonly units: number;
  /** Texts that the other side has not seen, in the order of their numbers. */
  readonly texts: readonly string[];
}

export class BatchWriter {
  readonly #numbers = new Map<string, number>();
  #fresh: string[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #units = 0;

  get units(): number {
    return this.#units;
  }

  get sizeBytes(): number {
    return this.#at;
  }

  /** Adds a unit and answers its size in bytes. Throws, with nothing added, on a bad value. */
  add(unit: Unit): number {
    const start = this.#at;
    try {
      this.#reserve(5);
      this.#at = this.#bytes.writeUInt8(unit.guards, this.#at);
      this.#at = this.#bytes.writeUInt32LE(unit.statements.length, this.#at);
      for (const statement of unit.statements) this.#statement(statement);
    } catch (error) {
      this.#at = start;
      throw error;
    }
    this.#units += 1;
    return this.#at - start;
  }

  take(): Batch {
    const batch = {
      buffer: this.#bytes.buffer as ArrayBuffer,
      units: this.#units,
      texts: this.#fresh,
    };
    this.#bytes = Buffer.alloc(0);
    this.#at = 0;
    this.#units = 0;
    this.#fresh = [];
    return batch;
  }

  /** Takes back a buffer that the other side has read. */
  reuse(buffer: ArrayBuffer): void {
    if (this.#bytes.length > 0 || buffer.byteLength > KEPT_BYTES_MAX) return;
    this.#bytes = Buffer.from(buffer);
  }

  #statement({ sql, params }: Statement): void {
    this.#reserve(6);
    const number = this.#number(sql);
    this.#at = this.#bytes.writeUInt32LE(number, this.#at);
    if (number === INLINE) this.#text(sql);
    this.#reserve(2);
    this.#at = this.#bytes.writeUInt16LE(params.length, this.#at);
    for (const value of params) this.#value(value);
  }

  #number(sql: string): number {
    const known = this.#numbers.get(sql);
    if (known !== undefined) return known;
    if (this.#numbers.size >= TEXTS_MAX) return INLINE;
    this.#numbers.set(sql, this.#numbers.size);
    this.#fresh.push(sql);
    return this.#numbers.size - 1;
  }

  #value(value: Value): void {
    this.#reserve(9);
    if (value === null) {
      this.#at = this.#bytes.writeUInt8(NULL, this.#at);
    } else if (typeof value === 'number') {
      this.#at = this.#bytes.writeUInt8(NUMBER, this.#at);
      this.#at = this.#bytes.writeDoubleLE(value, this.#at);
    } else if (typeof value === 'string') {
      this.#at = this.#bytes.writeUInt8(TEXT, this.#at);
      this.#text(value);
    } else if ((value as unknown) instanceof Uint8Array) {
      this.#at = this.#bytes.writeUInt8(BYTES, this.#at);
      this.#reserve(4 + value.length);
      this.#at = this.#bytes.writeUInt32LE(value.length, this.#at);
      this.#bytes.set(value, this.#at);
      this.#at += value.length;
    } else {
      throw new DatabaseError(`a parameter is of type ${typeof value}`, 'BAD_VALUE', false);
    }
  }

  #text(text: string): void {
    this.#reserve(4 + text.length * 3);
    const length = this.#bytes.write(text, this.#at + 4);
    this.#bytes.writeUInt32LE(length, this.#at);
    this.#at += 4 + length;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.from(
      new ArrayBuffer(Math.max(INITIAL_BYTES, this.#bytes.length * 2, needed)),
    );
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}

/** Reads batches of one BatchWriter; they must come in their order. */
export class BatchReader {
  readonly #texts: string[] = [];

  /** The units, which may be walked more than once. Byte values are views of the buffer. */
  open(batch: Batch): Iterable<Unit> {
    this.#texts.push(...batch.texts);
    const texts = this.#texts;
    const bytes = Buffer.from(batch.buffer);
    return { [Symbol.iterator]: () => new Cursor(bytes, texts).units(batch.units) };
  }
}

class Cursor {
  readonly #bytes: Buffer;
  readonly #texts: readonly string[];
  #at = 0;

  constructor(bytes: Buffer, texts: readonly string[]) {
    this.#bytes = bytes;
    this.#texts = texts;
  }

  *units(count: number): Generator<Unit, void, undefined> {
    for (let i = 0; i < count; i++) {
      const guards = this.#bytes.readUInt8(this.#at);
      const length = this.#bytes.readUInt32LE(this.#at + 1);
      this.#at += 5;
      const statements: Statement[] = [];
      for (let s = 0; s < length; s++) statements.push(this.#statement());
      yield { guards, statements };
    }
  }

  #statement(): Statement {
    const number = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    const sql = number === INLINE ? this.#text() : this.#texts[number]!;
    const length = this.#bytes.readUInt16LE(this.#at);
    this.#at += 2;
    const params: Value[] = [];
    for (let i = 0; i < length; i++) params.push(this.#value());
    return { sql, params };
  }

  #value(): Value {
    const tag = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    if (tag === NULL) return null;
    if (tag === TEXT) return this.#text();
    if (tag === NUMBER) {
      this.#at += 8;
      return this.#bytes.readDoubleLE(this.#at - 8);
    }
    const end = this.#length();
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  #text(): string {
    const end = this.#length();
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  /** Reads a length and answers where what follows it ends. */
  #length(): number {
    this.#at += 4;
    return this.#at + this.#bytes.readUInt32LE(this.#at - 4);
  }
}
