/** Compressed bodies of ordinary operations, through the listener; and whole bodies in chunks. */
import { createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../http.ts';
import { signed, startServer, type TestServer } from '../server.ts';

let server: TestServer;
let arrived: unknown;

beforeAll(async () => {
  const record = async (input: object): Promise<object> => {
    arrived = input;
    return {};
  };
  server = await startServer(
    { states: { DescribeExecution: record }, sts: { AssumeRole: record } },
    { bodySizeBytesMax: 100_000 },
  );
});

afterAll(() => server.http.stop());

const call = (body: Uint8Array, headers: Record<string, string>) => {
  arrived = undefined;
  const target = { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' };
  return ask(server.endpoint, { headers: { ...signed('states'), ...target, ...headers }, body });
};

const JSON_BODY = Buffer.from('{"executionArn":"arn"}');

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync(JSON_BODY)],
    ['deflate', deflateSync(JSON_BODY)],
  ])('is read: %s', async (encoding, body) => {
    expect((await call(body, { 'content-encoding': encoding })).status).toBe(200);
    expect(arrived).toEqual({ executionArn: 'arn' });
  });

  it('may be a form', async () => {
    const form =
      'Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::1:role/role&RoleSessionName=ab';
    const { status } = await ask(server.endpoint, {
      headers: {
        ...signed('sts'),
        'content-type': 'application/x-www-form-urlencoded',
        'content-encoding': 'gzip',
      },
      body: gzipSync(Buffer.from(form)),
    });
    expect(status).toBe(200);
    expect(arrived).toMatchObject({ RoleSessionName: 'ab' });
  });

  it('that inflates beyond the limit is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    const reply = await call(bomb, { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(413);
    expect(reply.json()).toMatchObject({ __type: 'RequestEntityTooLargeException' });
    expect(arrived).toBeUndefined();
  });

  it('that is none is refused', async () => {
    const reply = await call(JSON_BODY, { 'content-encoding': 'gzip' });
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ __type: 'SerializationException' });
  });
});

describe('a whole body in chunks', () => {
  const digest = createHash('sha256').update(JSON_BODY).digest('base64');
  const headers = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': String(JSON_BODY.length),
    'x-amz-trailer': 'x-amz-checksum-sha256',
    'content-encoding': 'aws-chunked',
  };
  const chunked = `16\r\n${JSON_BODY}\r\n0\r\nx-amz-checksum-sha256:${digest}\r\n\r\n`;

  it('is put together', async () => {
    expect((await call(Buffer.from(chunked), headers)).status).toBe(200);
    expect(arrived).toEqual({ executionArn: 'arn' });
  });

  it('is refused where it is broken', async () => {
    const reply = await call(Buffer.from(chunked.slice(0, 20)), headers);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ __type: 'IncompleteBody' });
  });
});
