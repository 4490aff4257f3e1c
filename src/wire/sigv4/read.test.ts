import { describe, expect, it } from 'vitest';
import { accountOf, readSigner } from './read.ts';

const DATE = { 'x-amz-date': '20260101T000000Z' };

describe('readSigner', () => {
  it('reads the header', () => {
    const authorization =
      'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/states/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, Signature=abc';
    expect(readSigner({ ...DATE, authorization }, '')).toEqual({
      accessKeyId: 'AKID',
      date: '20260101',
      region: 'eu-west-1',
      service: 'states',
    });
  });

  it('reads a header without blanks, and one for several regions', () => {
    const compact =
      'AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/sts/aws4_request,SignedHeaders=host,' +
      'Signature=abc';
    expect(readSigner({ ...DATE, authorization: compact }, '')).toMatchObject({
      region: '',
      service: 'sts',
    });
  });

  it('reads a presigned query', () => {
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fsts%2F' +
      'aws4_request&X-Amz-Signature=abc';
    expect(readSigner({}, query)).toMatchObject({ accessKeyId: 'AKID', service: 'sts' });
  });

  it.each([[{}], [{ authorization: 'Bearer x' }], [{ authorization: 'Basic eA==' }]])(
    'finds no signer in %j',
    (headers) => {
      expect(readSigner(headers, 'a=b')).toBeUndefined();
    },
  );

  it.each([
    'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/states/aws4_request',
    'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=abc',
    'AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=abc',
    'AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/x/aws4_request, SignedHeaders=h, Signature=a',
  ])('refuses half a signature: %s', (authorization) => {
    expect(() => readSigner({ ...DATE, authorization }, '')).toThrow(
      expect.objectContaining({ code: 'IncompleteSignatureException' }),
    );
  });
});

describe('accountOf', () => {
  it.each([
    ['123456789012', '123456789012'],
    ['AKIDEXAMPLE', '000000000000'],
    ['1234567890123', '000000000000'],
    [undefined, '000000000000'],
  ])('%s → %s', (key, account) => {
    expect(accountOf(key, '000000000000')).toBe(account);
  });
});
