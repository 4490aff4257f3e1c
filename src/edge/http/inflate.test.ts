import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../ground/fault.ts';
import { inflate } from './inflate.ts';

const tooLarge = (): Fault => new Fault('RequestEntityTooLargeException', 'too large');
const TEXT = Buffer.from('{"a":1}'.repeat(100));
const read = (body: Uint8Array, encoding: string, max = 1_000_000) =>
  inflate(body, encoding, max, tooLarge);

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
  ])('is inflated: %s', async (encoding, body) => {
    expect(Buffer.from(await read(body, encoding)).equals(TEXT)).toBe(true);
  });

  it.each(['br', 'identity', 'aws-chunked'])('stays as it is: %s', async (encoding) => {
    expect(await read(TEXT, encoding)).toBe(TEXT);
  });

  it('may be as large as any other, and not a byte larger', async () => {
    const body = gzipSync(Buffer.alloc(1000));
    expect(await read(body, 'gzip', 1000)).toHaveLength(1000);
    await expect(read(body, 'gzip', 999)).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
    });
  });

  it('that would be a thousand times as large is not made', async () => {
    const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    await expect(read(body, 'gzip')).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });

  it.each([
    ['gzip', TEXT],
    ['gzip', gzipSync(TEXT).subarray(0, 20)],
    ['deflate', gzipSync(TEXT)],
  ])('that is none is refused: %s', async (encoding, body) => {
    await expect(read(body, encoding)).rejects.toMatchObject({ code: 'SerializationException' });
  });
});
