import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConsoleFeed } from './sse.ts';

let feed: ConsoleFeed;
let server: Server;

beforeEach(async () => {
  feed = new ConsoleFeed();
  await feed.start();
  server = createServer((incoming, response) => feed.connect(incoming, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  await feed.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

interface Reader {
  readonly text: () => string;
  readonly until: (part: string) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
  readonly ended: Promise<void>;
}

function open(path = '/'): Promise<Reader> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path }, (response) => {
      let text = '';
      let wake = (): void => {};
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        wake();
      });
      const ended = new Promise<void>((done) => response.once('close', done));
      const until = async (part: string): Promise<void> => {
        while (!text.includes(part)) await new Promise<void>((next) => (wake = next));
      };
      const pause = () => response.pause();
      const resume = () => response.resume();
      const close = () => outgoing.destroy();
      resolve({ text: () => text, until, pause, resume, close, ended });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const eventually = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((done) => setTimeout(done, 5));
};

it('folds notices about one thing and tells all pages', async () => {
  const [a, b] = await Promise.all([open(), open()]);
  await eventually(() => feed.clients === 2);
  feed.publish('execution', 'arn:1', { status: 'RUNNING' });
  feed.publish('execution', 'arn:1', { status: 'FAILED' });
  feed.publish('trace', '');
  for (const reader of [a, b]) {
    await reader.until('event: trace');
    expect(reader.text()).toContain('event: hello');
    expect(reader.text().match(/event: execution/g)).toHaveLength(1);
    expect(reader.text()).toContain('data: {"key":"arn:1","status":"FAILED"}');
  }
});

it('sends a history only to who follows it', async () => {
  const [follower, other] = await Promise.all([open('/?history=arn%3A1'), open()]);
  await eventually(() => feed.clients === 2);
  feed.publish('history', 'arn:1', { id: 7 });
  feed.publish('history', 'arn:2', { id: 8 });
  feed.publish('machine', 'end');
  await Promise.all([follower.until('"end"'), other.until('"end"')]);
  expect(follower.text()).toContain('"arn:1"');
  expect(follower.text()).not.toContain('"arn:2"');
  expect(other.text()).not.toContain('event: history');
});

it('asks for a new read instead of keeping many notices', async () => {
  const reader = await open();
  await eventually(() => feed.clients === 1);
  for (let n = 0; n < 5000; n++) feed.publish('execution', `arn:${n}`);
  await reader.until('event: resync');
  expect(reader.text()).not.toContain('event: execution');
  feed.publish('execution', 'arn:later');
  await reader.until('arn:later');
});

it('holds back for a page that does not read, and keeps only the last word', async () => {
  const reader = await open();
  await eventually(() => feed.clients === 1);
  reader.pause();
  const big = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 24; n++) {
    feed.publish('log', 'group', { n, big });
    await new Promise((done) => setTimeout(done, 110));
  }
  reader.resume();
  await reader.until('"n":23');
  const received = reader.text().match(/event: log/g) ?? [];
  expect(received.length).toBeLessThan(24);
});

it('forgets pages that went away, refuses when stopped', async () => {
  const reader = await open();
  await eventually(() => feed.clients === 1);
  reader.close();
  await eventually(() => feed.clients === 0);
  const last = await open();
  await eventually(() => feed.clients === 1);
  await feed.stop();
  await last.ended;
  expect(feed.clients).toBe(0);
  const refused = await open();
  await refused.ended;
  expect(refused.text()).toBe('');
});
