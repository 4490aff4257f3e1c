import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ChecksumCheck, checkedBody, type Digests, promisedChecksums } from './checksums.ts';

const digests: Digests = { hash: (algorithm) => createHash(algorithm.replace('-', '')) };
const BODY = Buffer.from('123456789');
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
const hash = (algorithm: string): string => createHash(algorithm).update(BODY).digest('base64');

const VALUES: Readonly<Record<string, string>> = {
  crc32: base64('cbf43926'),
  crc32c: base64('e3069283'),
  crc64nvme: base64('ae8b14860a799888'),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
};
/** A checksum of the right length for another body. */
const other = (value: string): string => `${value[0] === 'A' ? 'B' : 'A'}${value.slice(1)}`;

async function read(headers: Record<string, string>, trailer?: Record<string, string>) {
  const trailers = new Map(Object.entries(trailer ?? {}));
  const promised = promisedChecksums(headers, [...trailers.keys()], false);
  async function* parts() {
    yield BODY.subarray(0, 4);
    yield BODY.subarray(4);
  }
  const out: Uint8Array[] = [];
  const check = new ChecksumCheck(promised, digests);
  for await (const part of checkedBody(parts(), check, trailers)) out.push(part);
  return Buffer.concat(out).toString();
}

describe.each(Object.entries(VALUES))('%s', (algorithm, value) => {
  const name = `x-amz-checksum-${algorithm}`;
  const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;

  it('in a header is compared', async () => {
    expect(await read({ [name]: value })).toBe('123456789');
    const wrong = read({ [name]: other(value) });
    await expect(wrong).rejects.toMatchObject({ code: 'BadDigest', message });
  });

  it('in a trailer is compared', async () => {
    const headers = { 'x-amz-trailer': name };
    expect(await read(headers, { [name]: value })).toBe('123456789');
    const wrong = read(headers, { [name]: other(value) });
    await expect(wrong).rejects.toMatchObject({ code: 'BadDigest', message });
  });

  it('must be a checksum', async () => {
    const short = value.slice(4);
    await expect(read({ [name]: short })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: `Value for ${name} header is invalid.`,
    });
    await expect(read({}, { [name]: short })).rejects.toMatchObject({
      code: 'InvalidRequest',
      message: `Value for ${name} trailing header is invalid.`,
    });
  });
});

describe('Content-MD5', () => {
  it('is compared, beside another checksum', async () => {
    const good = { 'content-md5': VALUES.md5!, 'x-amz-checksum-crc32': VALUES.crc32! };
    expect(await read(good)).toBe('123456789');
    await expect(read({ ...good, 'content-md5': other(VALUES.md5!) })).rejects.toMatchObject({
      code: 'BadDigest',
      message: 'The Content-MD5 you specified did not match what we received.',
      members: { CalculatedDigest: VALUES.md5 },
    });
  });

  it('must be a digest', async () => {
    await expect(read({ 'content-md5': 'x' })).rejects.toMatchObject({ code: 'InvalidDigest' });
  });
});

describe('promises', () => {
  const crc32 = { 'x-amz-checksum-crc32': VALUES.crc32! };
  const promise = (headers: Record<string, string>, trailers: string[] = [], required = false) => {
    return () => promisedChecksums(headers, trailers, required);
  };
  const sdk = (name: string) => ({ 'x-amz-sdk-checksum-algorithm': name });

  it('need not be made', () => {
    const headers = { 'x-amz-checksum-type': 'FULL_OBJECT', 'x-amz-checksum-algorithm': 'SHA1' };
    expect(promise(headers)()).toEqual([]);
  });

  it('may name the algorithm in small letters', () => {
    expect(promise({ ...crc32, ...sdk('crc32') })()).toHaveLength(1);
  });

  const twice = 'Expecting a single x-amz-checksum- header';
  it.each([
    [
      'two algorithms',
      promise({ ...crc32, 'x-amz-checksum-sha1': VALUES.sha1! }),
      `${twice}. Multiple checksum Types are not allowed.`,
    ],
    ['a header and a trailer', promise(crc32, ['x-amz-checksum-sha1']), twice],
    [
      'an unknown algorithm',
      promise({ 'x-amz-checksum-crc16': 'AAA=' }),
      'The algorithm type you specified in x-amz-checksum- header is invalid.',
    ],
    [
      'a trailer that is no checksum',
      promise({ 'x-amz-trailer': 'x-amz-meta-a' }, ['x-amz-meta-a']),
      'The value specified in the x-amz-trailer header is not supported',
    ],
    [
      'an algorithm alone',
      promise(sdk('CRC32')),
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or ' +
        'x-amz-trailer headers were found.',
    ],
    [
      'another algorithm',
      promise({ ...crc32, ...sdk('SHA1') }),
      'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    ],
    [
      'nothing where something must be promised',
      promise({}, [], true),
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    ],
  ])('of %s are refused', (_name, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'InvalidRequest', message }));
  });

  it('of a trailer need chunks', () => {
    const make = promise({ 'x-amz-trailer': 'x-amz-checksum-crc32' });
    expect(make).toThrow(expect.objectContaining({ code: 'MalformedTrailerError' }));
  });

  it('that cannot be checked are refused', () => {
    const make = promise({ 'x-amz-checksum-xxhash3': 'AAAAAAAAAAA=' });
    expect(make).toThrow(expect.objectContaining({ code: 'NotImplemented' }));
  });

  it('are kept by Content-MD5 alone where one must be made', () => {
    expect(promise({ 'content-md5': VALUES.md5! }, [], true)()).toHaveLength(1);
  });
});

it("takes the host's CRC-32 where it has one", () => {
  const seen: number[] = [];
  const crc32 = (part: Uint8Array, before: number): number => {
    seen.push(before);
    return part.length === 9 ? 0xcbf43926 : 0;
  };
  const promised = promisedChecksums({ 'x-amz-checksum-crc32': VALUES.crc32! }, [], false);
  const check = new ChecksumCheck(promised, { ...digests, crc32 });
  check.update(BODY);
  check.end();
  expect(seen).toEqual([0]);
});
