import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testLog } from '../../service/engine/testing.ts';
import { EventBus } from '../../service/events/bus.ts';
import type { BusEvent } from '../../service/events/event.ts';
import { EventStream } from './status-changes.ts';

let bus: EventBus;
let stream: EventStream;
let server: Server;

beforeEach(async () => {
  bus = new EventBus(testLog());
  stream = new EventStream(bus);
  await stream.start();
  server = createServer((incoming, response) => stream.connect(incoming, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  await stream.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const event = (id: string, status = 'RUNNING', input = ''): BusEvent =>
  ({ id, detail: { status, stateMachineArn: 'arn:m', input } }) as unknown as BusEvent;

async function open(path = '/', lastEventId?: string) {
  const { port } = server.address() as AddressInfo;
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const outgoing = request({ port, host: '127.0.0.1', path, headers });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
    outgoing.once('response', resolve),
  );
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('error', () => undefined);
  const ended = new Promise<void>((done) => response.once('close', done));
  const ids = () => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
  const until = async (part: string): Promise<void> => {
    while (!text.includes(part)) await new Promise((done) => setTimeout(done, 5));
  };
  return { response, ids, until, text: () => text, ended, close: () => outgoing.destroy() };
}

it('sends each client what it asked for', async () => {
  const [all, failed, other] = await Promise.all([
    open(),
    open('/?status=FAILED&status=ABORTED'),
    open('/?machine=arn:other'),
  ]);
  bus.publish(event('1'));
  bus.publish(event('2', 'FAILED'));
  bus.publish(event('3', 'ABORTED'));
  await Promise.all([all.until('id: 3'), failed.until('id: 3')]);
  expect(all.text()).toContain(
    'id: 2\nevent: status-change\ndata: {"id":"2","detail":{"status":"FAILED",',
  );
  expect([all.ids(), failed.ids(), other.ids()]).toEqual([['1', '2', '3'], ['2', '3'], []]);
});

it('gives who comes back what followed, and who comes first nothing', async () => {
  bus.publish(event('1'));
  bus.publish(event('2'));
  bus.publish(event('3'));
  const [back, lost, first] = await Promise.all([open('/', '1'), open('/', 'gone'), open()]);
  bus.publish(event('4'));
  await Promise.all([back.until('id: 4'), lost.until('id: 4'), first.until('id: 4')]);
  expect(back.ids()).toEqual(['2', '3', '4']);
  expect(lost.ids()).toEqual(['1', '2', '3', '4']);
  expect(first.ids()).toEqual(['4']);
});

it('tells a client that does not read how many it has missed', async () => {
  const slow = await open();
  const fast = await open('/?status=LAST');
  slow.response.pause();
  const large = 'x'.repeat(200_000);
  for (let n = 0; n < 400; n++) bus.publish(event(`${n}`, 'RUNNING', large));
  bus.publish(event('late', 'LAST'));
  await fast.until('id: late');
  expect(bus.counts.dropped).toBeGreaterThan(0);
  slow.response.resume();
  while (slow.ids().length < 80) await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, 50));
  bus.publish(event('end'));
  await slow.until('id: end');
  const missed = [...slow.text().matchAll(/event: missed\ndata: {"events":(\d+)}/g)];
  const lost = missed.reduce((sum, [, count]) => sum + Number(count), 0);
  expect(lost + slow.ids().length).toBe(402);
});

it('forgets who went away, and takes nobody when stopped', async () => {
  const client = await open();
  expect(stream.clients).toBe(1);
  client.close();
  while (stream.clients > 0) await new Promise((done) => setTimeout(done, 5));
  const last = await open();
  await stream.stop();
  await last.ended;
  expect(bus.heard).toBe(false);
  expect((await open()).response.statusCode).toBe(503);
});
