import { describe, expect, it } from 'vitest';
import { ChunkedBody, type ChunkedForm, chunkedForm, contentEncodingOf } from './aws-chunked.ts';

const FORM: ChunkedForm = {
  signed: false,
  trailers: ['x-amz-checksum-crc32'],
  decodedSizeBytes: 8195,
};
const BIG = 'b'.repeat(8192);
const GOOD = `2000\r\n${BIG}\r\n3\r\nabc\r\n0\r\nx-amz-checksum-crc32:q83vEg==\r\n\r\n`;

/** The text in pieces of a size; counts what was asked for and whether it was closed. */
function source(text: string, sizeBytes: number) {
  const state = { pulled: 0, closed: false };
  async function* pieces() {
    try {
      for (let at = 0; at < text.length; at += sizeBytes) {
        state.pulled++;
        yield Buffer.from(text.slice(at, at + sizeBytes));
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, pieces: pieces() };
}

async function decode(text: string, form = FORM, sizeBytes = 1000): Promise<string> {
  let out = '';
  for await (const part of new ChunkedBody(source(text, sizeBytes).pieces, form)) {
    out += Buffer.from(part).toString('latin1');
  }
  return out;
}

describe('a chunked body', () => {
  it.each([1, 2, 3, 7, 4096, 100_000])('is decoded in pieces of %i bytes', async (sizeBytes) => {
    const body = new ChunkedBody(source(GOOD, sizeBytes).pieces, FORM);
    let out = '';
    for await (const part of body) out += Buffer.from(part).toString('latin1');
    expect(out).toBe(`${BIG}abc`);
    expect([...body.trailers]).toEqual([['x-amz-checksum-crc32', 'q83vEg==']]);
  });

  it('may be empty', async () => {
    const form = { ...FORM, decodedSizeBytes: 0 };
    expect(await decode('0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n', form)).toBe('');
  });

  it.each([
    ['an empty line before the trailers', GOOD.replace('0\r\nx-amz', '0\r\n\r\nx-amz')],
    ['no empty line after them', GOOD.slice(0, -2)],
    ['lines without CR in trailers', GOOD.replace('Eg==\r\n\r\n', 'Eg==\n\r\n')],
  ])('may have %s, as some clients write it', async (_name, text) => {
    expect(await decode(text)).toBe(`${BIG}abc`);
  });

  it('asks for no more than it gives out', async () => {
    const { state, pieces } = source(GOOD, 100);
    for await (const _part of new ChunkedBody(pieces, FORM)) break;
    expect(state).toEqual({ pulled: 1, closed: true });
  });

  const incomplete = { code: 'IncompleteBody' };
  const malformed = { code: 'MalformedTrailerError' };
  it.each([
    ['ends within a chunk', GOOD.slice(0, 5000), incomplete],
    ['ends before the last chunk', GOOD.slice(0, GOOD.indexOf('0\r\nx-amz')), incomplete],
    ['ends within a trailer', GOOD.slice(0, -8), incomplete],
    ['has a size that is none', GOOD.replace('3\r\nabc', 'x\r\nabc'), incomplete],
    ['has a negative size', GOOD.replace('3\r\nabc', '-3\r\nabc'), incomplete],
    [
      'has a size beyond all numbers',
      GOOD.replace('3\r\nabc', `${'f'.repeat(20)}\r\n`),
      incomplete,
    ],
    ['has more in a chunk than its size', GOOD.replace('abc', 'abcd'), incomplete],
    ['has no end of a line', GOOD.replaceAll('\r\n', '  '), incomplete],
    ['is no chunks at all', 'plain text', incomplete],
    ['lacks the trailer', GOOD.replace('x-amz-checksum-crc32:q83vEg==\r\n', ''), malformed],
    ['has another trailer', GOOD.replace('crc32:', 'crc32c:'), malformed],
    ['has one trailer twice', GOOD.replace(/(x-amz.*\r\n)/, '$1$1'), malformed],
    ['has a trailer without a name', GOOD.replace('x-amz-checksum-crc32:', ''), malformed],
    ['has a signature that was not announced', `${GOOD}x-amz-trailer-signature:ab\r\n`, malformed],
  ])('that %s is refused', async (_name, text, fault) => {
    await expect(decode(text)).rejects.toMatchObject(fault);
  });

  it('that is longer than announced is refused before the chunk is read', async () => {
    const text = GOOD.replace('3\r\nabc', '4\r\nabcd');
    await expect(decode(text)).rejects.toMatchObject({
      code: 'IncompleteBody',
      members: { NumberBytesExpected: 8195, NumberBytesProvided: 8196 },
    });
  });

  it('that is shorter than announced is refused', async () => {
    await expect(decode(GOOD, { ...FORM, decodedSizeBytes: 9000 })).rejects.toMatchObject({
      code: 'IncompleteBody',
      members: { NumberBytesExpected: 9000, NumberBytesProvided: 8195 },
    });
  });

  it('has small chunks at its end only', async () => {
    const text = `3\r\nabc\r\n2000\r\n${BIG}\r\n0\r\nx-amz-checksum-crc32:q83vEg==\r\n\r\n`;
    await expect(decode(text)).rejects.toMatchObject({
      code: 'InvalidChunkSizeError',
      status: 403,
      members: { Chunk: 2, BadChunkSize: 3 },
    });
  });

  it('gives its verifier every part, chunk and trailer', async () => {
    const heard: string[] = [];
    const signature = 'a'.repeat(64);
    const text =
      `3;chunk-signature=${signature}\r\nabc\r\n0;chunk-signature=b${signature.slice(1)}\r\n` +
      `x-amz-checksum-crc32:q83vEg==\r\nx-amz-trailer-signature:c${signature.slice(1)}\r\n\r\n`;
    const form = { ...FORM, signed: true, decodedSizeBytes: 3 };
    const body = new ChunkedBody(source(text, 50).pieces, form, {
      update: (part) => heard.push(Buffer.from(part).toString()),
      chunk: (given) => heard.push(`chunk ${given[0]}`),
      trailers: (trailers, given) => heard.push(`${[...trailers.keys()]} ${given[0]}`),
    });
    for await (const _part of body);
    expect(heard.join('|')).toMatch(/^a?b?c?.*\|chunk a\|chunk b\|x-amz-checksum-crc32 c$/);
  });

  it('that is signed has a signature on every chunk and on its trailers', async () => {
    const form = { ...FORM, signed: true };
    await expect(decode(GOOD, form)).rejects.toMatchObject(incomplete);
    const signed = GOOD.replace(/^(2000|3|0)\r$/gm, '$1;chunk-signature=ab\r');
    await expect(decode(signed, form)).rejects.toMatchObject(incomplete);
  });
});

describe('the form of a chunked body', () => {
  const length = { 'x-amz-decoded-content-length': '5' };

  it('is read from the head', () => {
    const headers = {
      ...length,
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'x-amz-trailer': 'X-Amz-Checksum-CRC32, x-amz-checksum-sha1',
    };
    expect(chunkedForm(headers)).toEqual({
      signed: true,
      trailers: ['x-amz-checksum-crc32', 'x-amz-checksum-sha1'],
      decodedSizeBytes: 5,
    });
  });

  it.each([{}, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }])('is none for %j', (headers) => {
    expect(chunkedForm(headers)).toBeUndefined();
  });

  it.each([
    ['MissingContentLength', { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }],
    ['InvalidArgument', { ...length, 'x-amz-content-sha256': 'STREAMING-PAYLOAD' }],
    [
      'IncompleteBody',
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '-1',
      },
    ],
  ])('is refused with %s', (code, headers) => {
    expect(() => chunkedForm(headers)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip, aws-chunked', 'gzip'],
    ['', undefined],
  ])('leaves of the encoding %j only %j', (encoding, left) => {
    expect(contentEncodingOf({ 'content-encoding': encoding })).toBe(left);
  });
});
