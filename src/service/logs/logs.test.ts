import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../test/support/clock.ts';
import type { Logger } from '../../ground/log.ts';
import { logMigrations } from '../../store/logs/migrations.ts';
import { sqlLogStore } from '../../store/logs/sql.ts';
import type { LogStore } from '../../store/logs/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import type { CallContext } from '../../wire/operations.ts';
import { assembleLogs } from './assemble.ts';
import { BUFFERED_BYTES_MAX } from './limits.ts';

const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };
const place = { account: '000000000000', region: 'us-east-1' };
const context: CallContext = {
  ...place,
  requestId: 'r',
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
};
const GROUP = '/aws/lambda/f';
const STREAM = '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef';
const NAMES = { logGroupName: GROUP, logStreamName: STREAM };

async function world(wrap: (store: LogStore) => LogStore = (store) => store) {
  const db = await openSqliteInProcess({ migrations: { logs: logMigrations } });
  onTestFinished(() => db.close());
  const clock = new ManualClock();
  const service = assembleLogs({ store: wrap(sqlLogStore(db)), clock, log: silent });
  await service.writer.start();
  const { handlers } = service;
  const put = (...lines: string[]) =>
    service.writer.append(
      place,
      GROUP,
      STREAM,
      lines.map((message, n) => ({ at: clock.now() + n, message })),
    );
  const get = async (more: object = {}) => {
    const page = await handlers.GetLogEvents!({ ...NAMES, ...more }, context);
    return { ...page, messages: page.events!.map(({ message }) => message) };
  };
  const filter = async (more: object = {}) => {
    const page = await handlers.FilterLogEvents!({ logGroupName: GROUP, ...more }, context);
    return { ...page, messages: page.events!.map(({ message }) => message) };
  };
  const exists = async (name: string) => {
    const groups = await handlers.DescribeLogGroups!(
      { logGroupNamePrefix: name, limit: 1 },
      context,
    );
    return groups.logGroups![0]?.logGroupName === name;
  };
  return { ...service, clock, put, get, filter, exists };
}

describe('the writer', () => {
  test('makes group and stream, and readers see at once what was appended', async () => {
    const w = await world();
    w.put('one\n', 'two\n');
    expect((await w.get()).messages).toEqual(['one\n', 'two\n']);
    w.put('three\n');
    expect((await w.filter()).messages).toContain('three\n');
    expect(await w.exists(GROUP)).toBe(true);
    expect(await w.exists('other')).toBe(false);
  });

  test('writes by itself after a tenth of a second, and at stop', async () => {
    let writes = 0;
    const w = await world((store) => ({
      ...proxied(store),
      append: (...args) => {
        writes += 1;
        return store.append(...args);
      },
    }));
    w.put('a');
    w.put('b');
    expect(w.clock.waits).toEqual([100]);
    w.clock.advance(100);
    await sleep(20);
    expect(writes).toBe(1);
    w.put('c');
    await w.writer.stop();
    expect(writes).toBe(2);
    expect((await w.get()).messages.sort()).toEqual(['a', 'b', 'c']);
  });

  test('keeps what could not be written, and writes it later', async () => {
    let full = true;
    const w = await world((store) => ({
      ...proxied(store),
      append: (...args) =>
        full ? Promise.reject(new Error('database or disk is full')) : store.append(...args),
    }));
    w.put('a');
    await expect(w.get()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    full = false;
    expect((await w.get()).messages).toEqual(['a']);
  });

  test('is bounded: what is beyond is dropped and counted', async () => {
    const w = await world((store) => ({ ...proxied(store) }));
    const line = 'x'.repeat(1024 * 1024);
    const lines = Array.from({ length: BUFFERED_BYTES_MAX / line.length + 9 }, () => line);
    w.put(...lines);
    const last = (await w.get({ limit: 1 })).messages;
    expect(last).toEqual([line]);
    const { messages } = await w.filter({ filterPattern: '"log events were dropped"' });
    expect(messages).toEqual([expect.stringMatching(/^\[\d+ log events were dropped/)]);
  });

  test('nobody who flushes returns before the batch of another is written', async () => {
    const w = await world();
    w.put('a');
    const [first, second] = await Promise.all([w.get(), w.get()]);
    expect([first.messages, second.messages]).toEqual([['a'], ['a']]);
  });
});

/** The store's methods as own properties. */
function proxied(store: LogStore): LogStore {
  return new Proxy({} as LogStore, {
    ownKeys: () => [
      'createGroup',
      'group',
      'groups',
      'deleteGroup',
      'setRetention',
      'setTags',
      'createStream',
      'stream',
      'streamsByName',
      'streamsByTime',
      'deleteStream',
      'append',
      'events',
      'prune',
    ],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (_target, key: keyof LogStore) =>
      (store[key] as (...args: never[]) => unknown).bind(store),
  });
}

describe('GetLogEvents', () => {
  const five = async () => {
    const w = await world();
    w.put('1', '2', '3', '4', '5');
    return w;
  };

  test('reads from the tail or the head, and goes on both ways', async () => {
    const w = await five();
    const tail = await w.get({ limit: 2 });
    expect(tail.messages).toEqual(['4', '5']);
    const before = await w.get({ limit: 2, nextToken: tail.nextBackwardToken });
    expect(before.messages).toEqual(['2', '3']);
    expect((await w.get({ limit: 9, nextToken: before.nextForwardToken })).messages).toEqual([
      '4',
      '5',
    ]);
    const head = await w.get({ limit: 2, startFromHead: true });
    expect(head.messages).toEqual(['1', '2']);
    expect((await w.get({ limit: 2, nextToken: head.nextForwardToken })).messages).toEqual([
      '3',
      '4',
    ]);
    expect(head.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
    expect(head.nextBackwardToken).toMatch(/^b\/\d{56}\/s$/);
  });

  test('at an end the token stays, and what comes later follows', async () => {
    const w = await five();
    const all = await w.get({ startFromHead: true });
    const end = await w.get({ nextToken: all.nextForwardToken });
    expect(end).toMatchObject({ messages: [], nextForwardToken: all.nextForwardToken });
    expect((await w.get({ nextToken: end.nextBackwardToken, limit: 1 })).messages).toEqual(['5']);
    w.clock.advance(1_000);
    w.put('6');
    expect((await w.get({ nextToken: end.nextForwardToken })).messages).toEqual(['6']);
    const start = await w.get({ nextToken: all.nextBackwardToken });
    expect(start).toMatchObject({ messages: [], nextBackwardToken: all.nextBackwardToken });
    expect((await w.get({ nextToken: start.nextForwardToken, limit: 1 })).messages).toEqual(['1']);
  });

  test('a range includes its start and not its end', async () => {
    const w = await five();
    const t = w.clock.now();
    expect((await w.get({ startTime: t + 1, endTime: t + 3 })).messages).toEqual(['2', '3']);
    const { events } = await w.get({ startTime: t, endTime: t + 1 });
    expect(events).toEqual([{ timestamp: t, message: '1', ingestionTime: expect.any(Number) }]);
  });

  test('a page holds a mebibyte at most', async () => {
    const w = await world();
    w.put(...Array.from({ length: 12 }, (_, n) => `${n}${'x'.repeat(200_000)}`));
    const head = await w.get({ startFromHead: true });
    expect(head.messages).toHaveLength(5);
    const next = await w.get({ nextToken: head.nextForwardToken });
    expect(next.messages[0]).toMatch(/^5x/);
    expect((await w.get()).messages.at(-1)).toMatch(/^11x/);
  });

  test('group and stream must be there, the token must be one', async () => {
    const w = await five();
    await expect(w.get({ logGroupName: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
    await expect(w.get({ logStreamName: 'none' })).rejects.toThrow(
      'The specified log stream does not exist.',
    );
    await expect(w.get({ nextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    });
    const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}:*`;
    const byArn = await w.get({ logGroupName: undefined, logGroupIdentifier: arn });
    expect(byArn.messages).toHaveLength(5);
  });
});

describe('FilterLogEvents', () => {
  const many = async () => {
    const w = await world();
    const t = w.clock.now();
    for (let s = 0; s < 3; s++) {
      const events = Array.from({ length: 4 }, (_, n) => ({
        at: t + n * 10 + s,
        message: JSON.stringify({ level: n % 2 ? 'error' : 'info', id: `${s}.${n}` }),
      }));
      w.writer.append(place, GROUP, `stream-${s}`, events);
    }
    const ids = async (more: object) =>
      (await w.filter(more)).messages.map((text) => JSON.parse(text!).id);
    return { ...w, t, ids };
  };

  test('all streams in order of time, with ids', async () => {
    const w = await many();
    expect(await w.ids({})).toEqual([
      '0.0',
      '1.0',
      '2.0',
      '0.1',
      '1.1',
      '2.1',
      '0.2',
      '1.2',
      '2.2',
      '0.3',
      '1.3',
      '2.3',
    ]);
    const { events, searchedLogStreams } = await w.filter({ limit: 1 });
    expect(events![0]).toMatchObject({
      logStreamName: 'stream-0',
      timestamp: w.t,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
    expect(searchedLogStreams).toEqual([]);
  });

  test('by stream names, prefix, range, pattern', async () => {
    const w = await many();
    expect(await w.ids({ logStreamNames: ['stream-1'] })).toEqual(['1.0', '1.1', '1.2', '1.3']);
    expect(await w.ids({ logStreamNames: ['stream-2', 'stream-0'], limit: 3 })).toEqual([
      '0.0',
      '2.0',
      '0.1',
    ]);
    expect(await w.ids({ logStreamNamePrefix: 'stream-2', startTime: w.t + 20 })).toEqual([
      '2.2',
      '2.3',
    ]);
    expect(await w.ids({ filterPattern: '{ $.level = "error" && $.id = "1*" }' })).toEqual([
      '1.1',
      '1.3',
    ]);
    expect(await w.ids({ filterPattern: '-error', endTime: w.t + 2 })).toEqual(['0.0', '1.0']);
  });

  test('in pages', async () => {
    const w = await many();
    const seen: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page = await w.filter({ limit: 2, filterPattern: 'error', nextToken });
      seen.push(...page.messages.map((text) => JSON.parse(text!).id));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(seen).toEqual(['0.1', '1.1', '2.1', '0.3', '1.3', '2.3']);
  });

  test('says what is wrong', async () => {
    const w = await many();
    await expect(w.filter({ filterPattern: '{ $.x' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringMatching(/^Invalid filter pattern/),
    });
    await expect(w.filter({ logStreamNames: ['none'] })).rejects.toThrow(
      'log stream does not exist',
    );
    await expect(
      w.filter({ logStreamNames: ['stream-1'], logStreamNamePrefix: 's' }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(w.filter({ nextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });
});

describe('groups and streams', () => {
  test('are made, shown and deleted', async () => {
    const w = await world();
    const { handlers: h } = w;
    await h.CreateLogGroup!({ logGroupName: GROUP, tags: { a: '1' } }, context);
    await expect(h.CreateLogGroup!({ logGroupName: GROUP }, context)).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    });
    const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;
    expect((await h.DescribeLogGroups!({}, context)).logGroups).toEqual([
      {
        logGroupName: GROUP,
        creationTime: w.clock.now(),
        metricFilterCount: 0,
        arn: `${arn}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: arn,
      },
    ]);
    await h.CreateLogStream!(NAMES, context);
    await expect(h.CreateLogStream!(NAMES, context)).rejects.toThrow(
      'The specified log stream already exists',
    );
    expect((await h.DescribeLogStreams!({ logGroupName: GROUP }, context)).logStreams).toEqual([
      {
        logStreamName: STREAM,
        creationTime: w.clock.now(),
        arn: `${arn}:log-stream:${STREAM}`,
        storedBytes: 0,
      },
    ]);
    await h.TagResource!({ resourceArn: arn, tags: { b: '2' } }, context);
    await h.UntagResource!({ resourceArn: arn, tagKeys: ['a'] }, context);
    expect(await h.ListTagsForResource!({ resourceArn: arn }, context)).toEqual({
      tags: { b: '2' },
    });
    await h.DeleteLogStream!(NAMES, context);
    await expect(h.DeleteLogStream!(NAMES, context)).rejects.toThrow('log stream does not exist');
    await h.DeleteLogGroup!({ logGroupName: GROUP }, context);
    await expect(h.DeleteLogGroup!({ logGroupName: GROUP }, context)).rejects.toThrow(
      'log group does not exist',
    );
  });

  test('are listed in pages', async () => {
    const w = await world();
    const { handlers: h } = w;
    for (const name of ['a/1', 'a/2', 'b/1', 'a/3']) {
      await h.CreateLogGroup!({ logGroupName: name }, context);
    }
    const page = async (input: object) => {
      const { logGroups, nextToken } = await h.DescribeLogGroups!(input, context);
      return { names: logGroups!.map((g) => g.logGroupName), nextToken };
    };
    const first = await page({ logGroupNamePrefix: 'a/', limit: 2 });
    expect(first.names).toEqual(['a/1', 'a/2']);
    expect(await page({ logGroupNamePrefix: 'a/', limit: 2, nextToken: first.nextToken })).toEqual({
      names: ['a/3'],
    });
    expect((await page({ logGroupNamePattern: '/1' })).names).toEqual(['a/1', 'b/1']);
    expect((await page({ logGroupNamePattern: '/1', limit: 1 })).nextToken).toBeDefined();
    await expect(page({ logGroupNamePrefix: 'a', logGroupNamePattern: 'a' })).rejects.toMatchObject(
      {
        code: 'InvalidParameterException',
      },
    );
    w.clock.advance(5);
    for (const name of ['x', 'y', 'z']) {
      w.writer.append(place, 'a/1', name, [{ at: w.clock.now(), message: name }]);
      w.clock.advance(5);
    }
    const streams = async (input: object) => {
      const answer = await h.DescribeLogStreams!({ logGroupName: 'a/1', ...input }, context);
      return { names: answer.logStreams!.map((s) => s.logStreamName), nextToken: answer.nextToken };
    };
    const latest = await streams({ orderBy: 'LastEventTime', descending: true, limit: 2 });
    expect(latest.names).toEqual(['z', 'y']);
    const rest = { orderBy: 'LastEventTime', descending: true, nextToken: latest.nextToken };
    expect(await streams(rest)).toEqual({ names: ['x'] });
    expect((await streams({ logStreamNamePrefix: 'y' })).names).toEqual(['y']);
    await expect(streams({ orderBy: 'LastEventTime', logStreamNamePrefix: 'y' })).rejects.toThrow(
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  });

  test('retention is one of AWS’s numbers of days, and is kept', async () => {
    const w = await world();
    const { handlers: h, clock } = w;
    const day = 86_400_000;
    w.writer.append(place, GROUP, STREAM, [
      { at: clock.now() - 5 * day, message: 'old' },
      { at: clock.now(), message: 'new' },
    ]);
    await expect(
      h.PutRetentionPolicy!({ logGroupName: GROUP, retentionInDays: 2 }, context),
    ).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringMatching(/Value '2' at 'retentionInDays' .*enum value set: \[1, 3, 5/),
    });
    await h.PutRetentionPolicy!({ logGroupName: GROUP, retentionInDays: 3 }, context);
    expect(await w.prune(0, 100)).toBe(1);
    expect((await w.get()).messages).toEqual(['new']);
    await h.DeleteRetentionPolicy!({ logGroupName: GROUP }, context);
    const [group] = (await h.DescribeLogGroups!({}, context)).logGroups!;
    expect(group).not.toHaveProperty('retentionInDays');
  });
});

describe('PutLogEvents', () => {
  const ready = async () => {
    const w = await world();
    await w.handlers.CreateLogGroup!({ logGroupName: GROUP }, context);
    await w.handlers.CreateLogStream!(NAMES, context);
    const send = (...logEvents: { timestamp: number; message: string }[]) =>
      w.handlers.PutLogEvents!({ ...NAMES, logEvents }, context);
    return { ...w, send };
  };

  test('stores a batch and refuses what is too old or too new', async () => {
    const w = await ready();
    const now = w.clock.now();
    const hour = 3_600_000;
    const answer = await w.send(
      { timestamp: now - 1, message: 'a' },
      { timestamp: now, message: 'b' },
    );
    expect(answer).toEqual({ nextSequenceToken: expect.stringMatching(/^\d{56}$/) });
    expect((await w.get()).messages).toEqual(['a', 'b']);
    const old = await w.send({ timestamp: now - 15 * 24 * hour, message: 'x' });
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const mixed = await w.send(
      { timestamp: now, message: 'c' },
      { timestamp: now + 3 * hour, message: 'x' },
    );
    expect(mixed.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    expect((await w.get()).messages.sort()).toEqual(['a', 'b', 'c']);
  });

  test('refuses batches that are out of order, too long or too large', async () => {
    const w = await ready();
    const now = w.clock.now();
    await expect(
      w.send({ timestamp: now, message: 'a' }, { timestamp: now - 1, message: 'b' }),
    ).rejects.toThrow('must be in chronological order.');
    const day = 86_400_000;
    await expect(
      w.send({ timestamp: now - day - 1, message: 'a' }, { timestamp: now, message: 'b' }),
    ).rejects.toThrow('cannot span more than 24 hours.');
    await expect(w.send({ timestamp: now, message: 'x'.repeat(1_048_560) })).rejects.toThrow(
      'Upload too large: 1048586 bytes exceeds limit of 1048576',
    );
    await expect(
      w.handlers.PutLogEvents!({ ...NAMES, logStreamName: 'none', logEvents: [] }, context),
    ).rejects.toThrow('log stream does not exist');
  });
});
