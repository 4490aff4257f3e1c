import { createHash, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Logger } from '../ground/log.ts';
import { productCatalog } from '../main/catalog.ts';
import { RetryingWrites } from '../service/retrying-writes.ts';
import { type AssembledXray, assembleXray } from '../service/xray/assemble.ts';
import { MemoryResourceStore } from '../store/resources/memory.ts';
import { MemoryTraceStore } from '../store/traces/memory.ts';
import { Dispatcher } from '../wire/dispatch.ts';
import { httpGuard } from './http/guard.ts';
import { systemDigests } from './system.ts';
import { XrayDaemon, type XrayDaemonOptions } from './xray-daemon.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const HEADER = '{"format":"json","version":1}\n';
const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };
const catalog = productCatalog();
const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface World {
  readonly daemon: XrayDaemon;
  readonly xray: AssembledXray;
  readonly store: MemoryTraceStore;
}

async function world(more: Partial<XrayDaemonOptions> = {}): Promise<World> {
  const clock = { now: Date.now, wake: () => () => {} };
  const tools = {
    now: Date.now,
    random: Math.random,
    uuid: randomUUID,
    digest: (_: string, text: string) => createHash('sha256').update(text).digest('hex'),
  };
  const store = new MemoryTraceStore(Date.now);
  const resources = new MemoryResourceStore(clock, tools);
  const retryingWrites = new RetryingWrites({ clock, log: silent });
  const base = { store, resources, retryingWrites, clock, tools, log: silent };
  const xray = await assembleXray({ ...base, sampling: 'all' });
  const dispatcher = new Dispatcher({
    catalog,
    services: { xray: xray.handlers },
    ...HERE,
    log: silent,
    digests: systemDigests,
  });
  const daemon = new XrayDaemon({
    host: '127.0.0.1',
    port: 0,
    dispatcher,
    guard: httpGuard([]),
    place: HERE,
    intake: xray.intake,
    allowUnsigned: false,
    bodySizeBytesMax: 1024 * 1024,
    tools,
    log: silent,
    stopTimeoutMs: 100,
    ...more,
  });
  stops.push(() => daemon.stop());
  await daemon.start();
  return { daemon, xray, store };
}

const traceIdOf = (number: number) => `1-6553f100-${number.toString(16).padStart(24, '0')}`;

function documentOf(trace: number): string {
  return JSON.stringify({
    trace_id: traceIdOf(trace),
    id: '70de5b6f19ff9a0a',
    name: 'front',
    start_time: Date.now() / 1000,
    end_time: Date.now() / 1000,
  });
}

async function send(port: number, ...datagrams: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise((sent) => socket.send(datagram, port, '127.0.0.1', sent));
  }
  await new Promise<void>((closed) => socket.close(closed));
}

async function until<T>(read: () => T | Promise<T>, done: (value: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 200; turn++) {
    const value = await read();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`still ${JSON.stringify(await read())}`);
}

describe('UDP', () => {
  it('takes documents, and refuses garbage with its reason', async () => {
    const { daemon, xray, store } = await world();
    await send(
      daemon.port,
      HEADER + documentOf(1),
      'garbage',
      Buffer.from([0, 255, 10, 1]),
      HEADER,
      `${HEADER}{"id":"1"}`,
      `${HEADER}T1Sabc`,
      '',
      HEADER + documentOf(2),
    );
    await until(
      () => store.counts(),
      ({ traces }) => traces === 2,
    );
    const refused = await until(
      () => xray.intake.refusedSegments(),
      ({ total }) => total === 6,
    );
    expect(refused.byCode).toEqual({ InvalidDatagram: 5, MissingTraceId: 1 });
    expect(refused.recent.every(({ source }) => source === 'daemon')).toBe(true);
  });

  it('loses nothing of a burst that the kernel delivers', async () => {
    const { daemon, store } = await world();
    const count = 300;
    await send(daemon.port, ...Array.from({ length: count }, (_, n) => HEADER + documentOf(n)));
    await until(
      () => store.counts(),
      ({ traces }) => traces === count,
    );
  });

  it('stores what it has received before it stops', async () => {
    const { daemon, store } = await world();
    await send(daemon.port, HEADER + documentOf(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await daemon.stop();
    await daemon.stop();
    expect((await store.counts()).traces).toBe(1);
    await daemon.start();
    await daemon.start();
    await send(daemon.port, HEADER + documentOf(2));
    await until(
      () => store.counts(),
      ({ traces }) => traces === 2,
    );
  });

  it('takes what the X-Ray SDK sends', async () => {
    const { daemon, store } = await world();
    const { default: sdk } = await import('aws-xray-sdk-core');
    sdk.setDaemonAddress(`127.0.0.1:${daemon.port}`);
    sdk.middleware.disableCentralizedSampling();
    const segment = new sdk.Segment('shop', traceIdOf(7));
    segment.addAnnotation('customer', 'ann');
    const subsegment = segment.addNewSubsegment('look up');
    subsegment.addError(new TypeError('no such price'));
    subsegment.close();
    segment.close();
    const [found] = await until(
      () => store.get(HERE, [traceIdOf(7)]),
      ({ length }) => length === 1,
    );
    expect(JSON.parse(found!.documents[0]!)).toMatchObject({
      name: 'shop',
      annotations: { customer: 'ann' },
      subsegments: [{ name: 'look up', cause: { exceptions: [{ type: 'TypeError' }] } }],
    });
  });
});

describe('TCP', () => {
  const post = (port: number, path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', ...init });

  it('answers unsigned sampling calls in plain numbers', async () => {
    const { daemon } = await world();
    const rules = await post(daemon.port, '/GetSamplingRules');
    expect(rules.status).toBe(200);
    const [record] = ((await rules.json()) as { SamplingRuleRecords: Record<string, unknown>[] })
      .SamplingRuleRecords;
    expect(record).toMatchObject({
      CreatedAt: 0,
      ModifiedAt: 0,
      SamplingRule: { RuleName: 'Default', FixedRate: 0.05, ReservoirSize: 1, Version: 1 },
    });
    const report = {
      RuleName: 'Default',
      ClientID: 'a'.repeat(24),
      Timestamp: Date.now() / 1000,
      RequestCount: 10,
      SampledCount: 1,
      BorrowCount: 1,
    };
    const body = JSON.stringify({ SamplingStatisticsDocuments: [report] });
    const answer = await post(daemon.port, '/SamplingTargets', { body });
    expect(await answer.json()).toMatchObject({
      SamplingTargetDocuments: [
        {
          RuleName: 'Default',
          FixedRate: 0.05,
          ReservoirQuota: 1,
          ReservoirQuotaTTL: expect.any(Number),
          Interval: 10,
        },
      ],
      LastRuleModification: 0,
      UnprocessedStatistics: [],
    });
  });

  it('takes reports as OpenTelemetry sends them', async () => {
    const { daemon } = await world();
    const report = {
      RuleName: 'Default',
      ClientID: 'a'.repeat(24),
      Timestamp: Date.now() / 1000,
      RequestCount: 10,
      SampleCount: 1,
    };
    const body = JSON.stringify({
      SamplingStatisticsDocuments: [report],
      SamplingBoostStatisticsDocuments: [],
    });
    const answer = await post(daemon.port, '/SamplingTargets', { body });
    expect(await answer.json()).toMatchObject({ SamplingTargetDocuments: [{ Interval: 10 }] });
  });

  it('asks everything else for a signature', async () => {
    const { daemon } = await world();
    const answer = await post(daemon.port, '/TraceSegments', {
      body: JSON.stringify({ TraceSegmentDocuments: [documentOf(1)] }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toContain('MissingAuthenticationToken');
  });

  it('does not answer web pages of other sites', async () => {
    const { daemon } = await world();
    const headers = { Origin: 'http://evil.example' };
    expect((await post(daemon.port, '/GetSamplingRules', { headers })).status).toBe(403);
  });
});

describe('a busy port', () => {
  async function busy(kind: 'tcp' | 'udp'): Promise<number> {
    if (kind === 'tcp') {
      const server: Server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      stops.push(() => new Promise((resolve) => server.close(resolve)));
      return (server.address() as { port: number }).port;
    }
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    stops.push(() => new Promise<void>((resolve) => socket.close(resolve)));
    return socket.address().port;
  }

  it.each(['tcp', 'udp'] as const)('of %s is said with its number', async (kind) => {
    const port = await busy(kind);
    await expect(world({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  });
});
