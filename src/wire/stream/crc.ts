/**
 * Cyclic redundancy checks, part by part: CRC-32 (ISO-HDLC), CRC-32C (Castagnoli) and CRC-64/NVME.
 * All three are reflected, begin with ones and end inverted. Eight bytes a step by tables, which
 * are made at the first use.
 */
import type { Digest } from './digest.ts';

const STEP = 8;

/** Tables one after the other: entry `b` of table `k` is the rest of byte `b` with `k` zeros after it. */
interface Tables {
  readonly low: Int32Array;
  /** The upper half of rests of 64 bits. */
  readonly high: Int32Array;
}

/** Halves of the reversed polynomial; the upper one is 0 for a CRC of 32 bits. */
function tablesOf(high: number, low: number): () => Tables {
  let made: Tables | undefined;
  return () => {
    made ??= makeTables(high, low);
    return made;
  };
}

function makeTables(polynomialHigh: number, polynomialLow: number): Tables {
  const low = new Int32Array(STEP * 256);
  const high = new Int32Array(STEP * 256);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= polynomialLow;
        h ^= polynomialHigh;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  for (let at = 256; at < low.length; at++) {
    const l = low[at - 256]!;
    const h = high[at - 256]!;
    low[at] = low[l & 255]! ^ ((l >>> 8) | (h << 24));
    high[at] = high[l & 255]! ^ (h >>> 8);
  }
  return { low, high };
}

const ISO_HDLC = tablesOf(0, 0xedb88320);
const CASTAGNOLI = tablesOf(0, 0x82f63b78);
const NVME = tablesOf(0x9a6c9329, 0xac4bc9b5);

/** The CRC of what came before (0: nothing) and of `part`, as an unsigned number. */
type Crc32 = (part: Uint8Array, before: number) => number;

export const crc32: Crc32 = (part, before) => crcOf32(ISO_HDLC(), part, before);
const crc32c: Crc32 = (part, before) => crcOf32(CASTAGNOLI(), part, before);

function crcOf32({ low: t }: Tables, part: Uint8Array, before: number): number {
  let crc = ~before;
  let i = 0;
  for (const end = part.length - STEP; i <= end; i += STEP) {
    crc ^= part[i]! | (part[i + 1]! << 8) | (part[i + 2]! << 16) | (part[i + 3]! << 24);
    crc =
      t[1792 + (crc & 255)]! ^
      t[1536 + ((crc >>> 8) & 255)]! ^
      t[1280 + ((crc >>> 16) & 255)]! ^
      t[1024 + (crc >>> 24)]! ^
      t[768 + part[i + 4]!]! ^
      t[512 + part[i + 5]!]! ^
      t[256 + part[i + 6]!]! ^
      t[part[i + 7]!]!;
  }
  for (; i < part.length; i++) crc = t[(crc ^ part[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** With another routine where the host has a faster one. */
export const newCrc32 = (step: Crc32 = crc32): Digest => digestOf(step);
export const newCrc32c = (): Digest => digestOf(crc32c);

function digestOf(step: Crc32): Digest {
  let crc = 0;
  return {
    update: (part) => {
      crc = step(part, crc);
    },
    digest: () => bigEndian(crc),
  };
}

export function newCrc64Nvme(): Digest {
  const { low: tl, high: th } = NVME();
  let low = -1;
  let high = -1;
  const update = (part: Uint8Array): void => {
    let i = 0;
    for (const end = part.length - STEP; i <= end; i += STEP) {
      low ^= part[i]! | (part[i + 1]! << 8) | (part[i + 2]! << 16) | (part[i + 3]! << 24);
      high ^= part[i + 4]! | (part[i + 5]! << 8) | (part[i + 6]! << 16) | (part[i + 7]! << 24);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low = tl[a]! ^ tl[b]! ^ tl[c]! ^ tl[d]! ^ tl[e]! ^ tl[f]! ^ tl[g]! ^ tl[h]!;
      high = th[a]! ^ th[b]! ^ th[c]! ^ th[d]! ^ th[e]! ^ th[f]! ^ th[g]! ^ th[h]!;
    }
    for (; i < part.length; i++) {
      const at = (low ^ part[i]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ tl[at]!;
      high = (high >>> 8) ^ th[at]!;
    }
  };
  return { update, digest: () => bigEndian(~high, ~low) };
}

function bigEndian(...words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, at) => {
    view.setInt32(at * 4, word);
  });
  return bytes;
}
