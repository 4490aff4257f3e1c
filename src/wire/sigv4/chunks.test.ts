import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ChunkedBody } from '../stream/aws-chunked.ts';
import { chunkSignatures, type Hmac, signingKey } from './chunks.ts';

const hmac: Hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const newDigest = () => createHash('sha256');

// The examples of the two pages of the S3 guide: 65 KiB of "a" in two chunks.
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = '20130524/us-east-1/s3/aws4_request';
const PLAIN = {
  seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  chunks: [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
  trailers: [] as string[],
  end: '',
};
const TRAILING = {
  seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  chunks: [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ],
  trailers: ['x-amz-checksum-crc32c'],
  end:
    'x-amz-checksum-crc32c:sOO8/Q==\r\n' +
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n',
};

function encoded({ chunks, end }: typeof PLAIN): string {
  const [first, second, last] = chunks;
  return (
    `10000;chunk-signature=${first}\r\n${'a'.repeat(65536)}\r\n` +
    `400;chunk-signature=${second}\r\n${'a'.repeat(1024)}\r\n` +
    `0;chunk-signature=${last}\r\n${end}\r\n`
  );
}

async function read(example: typeof PLAIN, text: string): Promise<number> {
  const key = signingKey(SECRET, scope, hmac);
  const signing = { key, timestamp: '20130524T000000Z', scope, seed: example.seed };
  const form = { signed: true, trailers: example.trailers, decodedSizeBytes: 66560 };
  async function* pieces() {
    for (let at = 0; at < text.length; at += 5000) yield Buffer.from(text.slice(at, at + 5000));
  }
  const body = new ChunkedBody(pieces(), form, chunkSignatures(signing, newDigest, hmac));
  let sizeBytes = 0;
  for await (const part of body) sizeBytes += part.length;
  return sizeBytes;
}

describe('the signatures of chunks', () => {
  it.each([
    ['without trailers', PLAIN],
    ['with trailers', TRAILING],
  ])('are those of the guide %s', async (_name, example) => {
    expect(await read(example, encoded(example))).toBe(66560);
  });

  it.each([
    ['a changed byte', PLAIN, 'aaaa\r\n400', 'aaab\r\n400'],
    ['a signature of the first chunk', PLAIN, '=ad80', '=ad81'],
    ['a signature of the last chunk', PLAIN, '=b6c6', '=b6c7'],
    ['a changed trailer', TRAILING, 'sOO8/Q==', 'sOO9/Q=='],
    ['a signature of trailers', TRAILING, ':d81f', ':d81e'],
  ])('does not match for %s', async (_name, example, from, to) => {
    const text = encoded(example);
    expect(text).toContain(from);
    await expect(read(example, text.replace(from, to))).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
  });
});
