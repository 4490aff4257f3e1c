/** A commit's records as the bytes of one journal row: their JSON, deflated where that pays. */
import { Buffer } from 'node:buffer';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { readRecords } from '../../execution/journal.ts';
import type { HistoryRecord } from '../../execution/record.ts';

const PLAIN = 0x5b; // the `[` that JSON of a list begins with
const DEFLATED = 0x01;
const DEFLATE_FROM_BYTES = 4_096;

export function packRecords(records: readonly HistoryRecord[]): Uint8Array {
  const plain = Buffer.from(JSON.stringify(records));
  if (plain.length < DEFLATE_FROM_BYTES) return plain;
  return Buffer.concat([Buffer.of(DEFLATED), deflateRawSync(plain, { level: 1, memLevel: 6 })]);
}

export function unpackRecords(bytes: Uint8Array): HistoryRecord[] {
  const plain = bytes[0] === PLAIN ? bytes : inflateRawSync(bytes.subarray(1));
  const text = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString();
  return readRecords(JSON.parse(text));
}

/** The highest event id among them; 0 where all are private. */
export function lastEventId(records: readonly HistoryRecord[]): number {
  let last = 0;
  for (const { id } of records) if (id > last) last = id;
  return last;
}
