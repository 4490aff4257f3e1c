import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConsoleFiles } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'steplight-files-'));
const script = `console.log(${JSON.stringify('x'.repeat(4000))});`;
let server: Server;

beforeAll(async () => {
  mkdirSync(join(folder, 'site/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site/index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'site/assets/app-1a2b.js'), script);
  const files = new ConsoleFiles(join(folder, 'site'));
  server = createServer(async (incoming, response) => {
    if (!(await files.handle(incoming, response))) response.writeHead(418).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The raw path: `fetch` would tidy `..` away. */
function get(path: string, headers = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode!, headers: response.headers, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

it('gives the page for every path that is no file', async () => {
  for (const path of ['/console/', '/console/map?x=1', '/console/executions/arn%3Aa.b%3Ac']) {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(body.toString()).toContain('<title>page</title>');
  }
  expect((await get('/console')).headers.location).toBe('/console/');
  expect((await get('/other')).status).toBe(418);
});

it('compresses as the browser asks, and answers 304', async () => {
  const path = '/console/assets/app-1a2b.js';
  const plain = await get(path);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['cache-control']).toContain('immutable');
  expect(plain.body.toString()).toBe(script);
  const zipped = await get(path, { 'accept-encoding': 'gzip, deflate' });
  expect(gunzipSync(zipped.body).toString()).toBe(script);
  const brotli = await get(path, { 'accept-encoding': 'gzip, br' });
  expect(brotli.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(brotli.body).toString()).toBe(script);
  expect(brotli.body.length).toBeLessThan(400);
  const etag = brotli.headers.etag!;
  const same = await get(path, { 'accept-encoding': 'br', 'if-none-match': etag });
  expect(same).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  expect((await get(path, { 'if-none-match': etag })).status).toBe(200);
});

it('stays in its folder', async () => {
  for (const path of [
    '/console/../secret.txt',
    '/console/%2e%2e/secret.txt',
    '/console/..%2fsecret.txt',
    '/console/assets/%2e%2e/%2e%2e/secret.txt',
    '/console/%00',
    '/console/%zz',
  ]) {
    const { body } = await get(path);
    expect(body.toString(), path).not.toContain('secret');
  }
});

it('says not found for a missing asset, and takes reads only', async () => {
  expect((await get('/console/assets/gone.js')).status).toBe(404);
  expect((await get('/console/', {}, 'POST')).status).toBe(405);
  const head = await get('/console/', {}, 'HEAD');
  expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
});
