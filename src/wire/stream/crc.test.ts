import { describe, expect, it } from 'vitest';
import { crc32, newCrc32, newCrc32c, newCrc64Nvme } from './crc.ts';
import type { Digest } from './digest.ts';

const CHECK = Buffer.from('123456789');

function hexOf(digest: Digest, ...parts: readonly Uint8Array[]): string {
  for (const part of parts) digest.update(part);
  return Buffer.from(digest.digest()).toString('hex');
}

/** One bit at a time: slow, and too short to be wrong in the same way. */
function slowly(data: Uint8Array, polynomial: bigint, bits: number): string {
  const ones = (1n << BigInt(bits)) - 1n;
  let crc = ones;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return (crc ^ ones).toString(16).padStart(bits / 4, '0');
}

describe.each([
  // Check values of the catalogue of parametrised CRC algorithms.
  ['CRC-32', () => newCrc32(), 'cbf43926', 0xedb88320n, 32],
  ['CRC-32C', newCrc32c, 'e3069283', 0x82f63b78n, 32],
  ['CRC-64/NVME', newCrc64Nvme, 'ae8b14860a799888', 0x9a6c9329ac4bc9b5n, 64],
] as const)('%s', (_name, make, check, polynomial, bits) => {
  it('gives its check value', () => {
    expect(hexOf(make(), CHECK)).toBe(check);
  });

  it('is that of the definition for every length and split', () => {
    const data = Uint8Array.from({ length: 70 }, (_, i) => (i * 37 + 11) & 255);
    for (let length = 0; length <= data.length; length++) {
      const whole = data.subarray(0, length);
      const expected = slowly(whole, polynomial, bits);
      expect(hexOf(make(), whole)).toBe(expected);
      const at = (length * 7) % (length + 1);
      expect(hexOf(make(), whole.subarray(0, at), whole.subarray(at))).toBe(expected);
    }
  });
});

it('crc32 goes on from what came before', () => {
  expect(crc32(CHECK.subarray(4), crc32(CHECK.subarray(0, 4), 0))).toBe(0xcbf43926);
});
