import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../ground/log.ts';
import { MemoryResourceStore } from '../../store/resources/memory.ts';
import { resourceMigrations } from '../../store/resources/migrations.ts';
import { SqlResourceStore } from '../../store/resources/sql.ts';
import type { ResourceStore } from '../../store/resources/store.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import { chance, HandClock, idOf, START, traceIdOf } from '../../store/traces/contract-samples.ts';
import { MemoryTraceStore } from '../../store/traces/memory.ts';
import type { CallContext } from '../../wire/operations.ts';
import { RetryingWrites } from '../retrying-writes.ts';
import { type AssembledXray, assembleXray } from './assemble.ts';

const HERE: CallContext = {
  account: '000000000000',
  region: 'us-east-1',
  requestId: 'r',
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
};
const WINDOW = {
  StartTime: new Date((START - 60) * 1000),
  EndTime: new Date((START + 600) * 1000),
};

interface World {
  readonly xray: AssembledXray;
  readonly call: Required<AssembledXray['handlers']>;
  readonly store: MemoryTraceStore & { backlogBytes: number };
  readonly clock: HandClock;
  readonly warnings: string[];
  readonly reopen: () => Promise<World>;
}

function memoryResources(): ResourceStore {
  let revisions = 0;
  return new MemoryResourceStore({ now: () => 0 }, { uuid: () => String(++revisions) });
}

/** As two processes have them, on one database. */
async function sqlResources(): Promise<[ResourceStore, ResourceStore]> {
  const database = await openSqliteInProcess({ migrations: { resources: resourceMigrations } });
  const log: Logger = { error() {}, warn() {}, info() {}, debug() {} };
  const deps = { database, clock: new HandClock(0), tools: { uuid: randomUUID }, log };
  return [new SqlResourceStore(deps), new SqlResourceStore(deps)];
}

async function world(
  sampling: 'all' | 'aws' = 'all',
  resources: ResourceStore = memoryResources(),
): Promise<World> {
  const clock = new HandClock(START * 1000);
  const random = chance(1);
  let ids = 0;
  const warnings: string[] = [];
  const log: Logger = {
    error() {},
    warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`),
    info() {},
    debug() {},
  };
  const tools = {
    now: () => clock.now(),
    random,
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    digest: () => '',
  };
  const store: World['store'] = new MemoryTraceStore(() => clock.now());
  const xray = await assembleXray({
    store,
    resources,
    retryingWrites: new RetryingWrites({ clock, log }),
    clock,
    tools,
    log,
    sampling,
  });
  const call = xray.handlers as Required<AssembledXray['handlers']>;
  return { xray, call, store, clock, warnings, reopen: () => world(sampling, resources) };
}

function text(trace: number, id: number, more: object = {}): string {
  return JSON.stringify({
    trace_id: traceIdOf(trace),
    id: idOf(id),
    name: 'front',
    start_time: START + trace,
    end_time: START + trace + 0.5,
    ...more,
  });
}

const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

describe('documents', () => {
  it('are there in the very next question, refused ones are named', async () => {
    const { call, xray, warnings } = await world();
    const answer = await call.PutTraceSegments(
      { TraceSegmentDocuments: [text(1, 1), '{', text(1, 2, { name: '?' }), text(2, 1)] },
      HERE,
    );
    expect(answer.UnprocessedTraceSegments).toEqual([
      { ErrorCode: 'ParseError', Message: 'Invalid segment. ErrorCode: ParseError' },
      {
        Id: idOf(2),
        ErrorCode: 'InvalidName',
        Message: 'Invalid subsegment. ErrorCode: InvalidName, Cause: null',
      },
    ]);
    const { TraceSummaries } = await call.GetTraceSummaries(WINDOW, HERE);
    expect(TraceSummaries!.map(({ Id }) => Id)).toEqual([traceIdOf(2), traceIdOf(1)]);
    await call.PutTraceSegments({ TraceSegmentDocuments: ['{', '{'] }, HERE);
    expect(xray.intake.refusedSegments()).toMatchObject({
      total: 4,
      byCode: { ParseError: 3, InvalidName: 1 },
      recent: [{ code: 'ParseError', source: 'api' }, {}, { id: idOf(2) }, {}],
    });
    expect(warnings).toHaveLength(2);
  });

  it('are answered whole, processed, five traces at a time', async () => {
    const { call } = await world();
    const documents = [
      text(1, 1, {
        subsegments: [
          { id: idOf(2), name: 'S3', namespace: 'aws', start_time: START, end_time: START + 1 },
        ],
      }),
      text(1, 3, { type: 'subsegment', parent_id: idOf(1), odd: true }),
    ];
    await call.PutTraceSegments({ TraceSegmentDocuments: documents }, HERE);
    const w3c = traceIdOf(1).slice(2).replace('-', '');
    const { Traces, UnprocessedTraceIds, NextToken } = await call.BatchGetTraces(
      { TraceIds: [w3c, traceIdOf(7)] },
      HERE,
    );
    expect({ UnprocessedTraceIds, NextToken }).toEqual({ UnprocessedTraceIds: [] });
    expect(Traces).toHaveLength(1);
    expect(Traces![0]).toMatchObject({ Id: traceIdOf(1), Duration: 1.5, LimitExceeded: false });
    const [s3, root] = Traces![0]!.Segments!.map(({ Document }) => JSON.parse(Document!));
    expect(s3).toMatchObject({ name: 'S3', inferred: true, parent_id: idOf(2), origin: 'AWS::S3' });
    expect(root.subsegments.map((it: { id: string }) => it.id)).toEqual([idOf(2), idOf(3)]);
    expect(root.subsegments[1]).toEqual({
      id: idOf(3),
      name: 'front',
      start_time: START + 1,
      end_time: START + 1.5,
    });
    const six = Array.from({ length: 6 }, (_, n) => traceIdOf(n));
    await expect(call.BatchGetTraces({ TraceIds: six }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
  });

  it('of great traces come page by page', async () => {
    const { call, xray } = await world();
    const metadata = { a: 'x'.repeat(3_000_000) };
    for (const trace of [1, 2, 3]) {
      await xray.recorder.record(HERE, [{ ...JSON.parse(text(trace, 1)), metadata }]);
    }
    const TraceIds = [1, 2, 3].map(traceIdOf);
    const seen: string[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await call.BatchGetTraces({ TraceIds, ...(NextToken && { NextToken }) }, HERE);
      seen.push(page.Traces!.map(({ Id }) => Id!));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(seen).toEqual([[traceIdOf(1), traceIdOf(2)], [traceIdOf(3)]]);
  });

  it('are held back while the disk is behind', async () => {
    const { call, store } = await world();
    store.backlogBytes = 1e9;
    await expect(
      call.PutTraceSegments({ TraceSegmentDocuments: [text(1, 1)] }, HERE),
    ).rejects.toEqual(fault('ThrottledException'));
  });
});

describe('summaries', () => {
  it('are refused in the ways of AWS', async () => {
    const { call } = await world();
    const refused = (more: object) =>
      expect(call.GetTraceSummaries({ ...WINDOW, ...more }, HERE)).rejects.toEqual(
        fault('InvalidRequestException'),
      );
    await refused({ EndTime: WINDOW.StartTime });
    await refused({ EndTime: new Date((START + 25 * 3600) * 1000) });
    await refused({ FilterExpression: '' });
    await refused({ FilterExpression: 'nonsense = 1' });
    await refused({ NextToken: 'abc' });
  });

  it('are paged, filtered, sampled, and matched by the time of the event', async () => {
    const { call } = await world();
    const documents = Array.from({ length: 250 }, (_, n) =>
      text(
        n,
        1,
        n % 2
          ? { annotations: { odd: true }, start_time: START, end_time: START + 1 }
          : { start_time: START, end_time: START + 1 },
      ),
    );
    await call.PutTraceSegments({ TraceSegmentDocuments: documents }, HERE);
    const all = async (more: object) => {
      const found: string[] = [];
      let NextToken: string | undefined;
      do {
        const input = { ...WINDOW, ...more, ...(NextToken && { NextToken }) };
        const page = await call.GetTraceSummaries(input, HERE);
        found.push(...page.TraceSummaries!.map(({ Id }) => Id!));
        NextToken = page.NextToken;
      } while (NextToken);
      return new Set(found).size;
    };
    expect(await all({})).toBe(250);
    expect(await all({ FilterExpression: 'annotation.odd' })).toBe(125);
    const strategy = { Name: 'FixedRate' as const, Value: 0 };
    expect(await all({ Sampling: true, SamplingStrategy: strategy })).toBe(0);
    const page = await call.GetTraceSummaries({ ...WINDOW, TimeRangeType: 'Event' }, HERE);
    expect(page.TraceSummaries![0]!.MatchedEventTime).toEqual(new Date(START * 1000));
    expect(page.TracesProcessedCount).toBe(100);
  });
});

describe('the service graph', () => {
  const documents = [
    text(1, 1, { fault: true }),
    text(2, 1, {
      name: 'other',
      subsegments: [
        { id: idOf(2), name: 'db', namespace: 'remote', start_time: START, end_time: START + 1 },
      ],
    }),
  ];

  it('comes for a window, for traces, and for a group', async () => {
    const { call } = await world();
    await call.PutTraceSegments({ TraceSegmentDocuments: documents }, HERE);
    const names = (
      services: { Name?: string | undefined; Type?: string | undefined }[] | undefined,
    ) => services!.map(({ Name, Type }) => `${Name} ${Type ?? '-'}`);
    const whole = ['db remote', 'front client', 'front -', 'other client', 'other -'];
    const window = await call.GetServiceGraph(WINDOW, HERE);
    expect(names(window.Services)).toEqual(whole);
    expect(window).toMatchObject({ ...WINDOW, ContainsOldGroupVersions: false });
    const ids = { TraceIds: [traceIdOf(1)] };
    expect(names((await call.GetTraceGraph(ids, HERE)).Services)).toEqual([
      'front client',
      'front -',
    ]);
    await call.CreateGroup({ GroupName: 'broken', FilterExpression: 'fault' }, HERE);
    const group = await call.GetServiceGraph({ ...WINDOW, GroupName: 'broken' }, HERE);
    expect(names(group.Services)).toEqual(['front client', 'front -']);
    await expect(call.GetServiceGraph({ ...WINDOW, GroupName: 'none' }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
    const late = { StartTime: new Date((START + 120) * 1000), EndTime: WINDOW.EndTime };
    expect((await call.GetServiceGraph(late, HERE)).Services).toEqual([]);
  });

  it('comes as series over time', async () => {
    const { call } = await world();
    await call.PutTraceSegments(
      { TraceSegmentDocuments: [...documents, text(3, 1, { end_time: START + 130 })] },
      HERE,
    );
    const series = async (more: object) => {
      const answer = await call.GetTimeSeriesServiceStatistics({ ...WINDOW, ...more }, HERE);
      return answer.TimeSeriesServiceStatistics!.map((it) => [
        it.Timestamp!.getTime() / 1000 - Math.floor(START / 60) * 60,
        (it.EdgeSummaryStatistics ?? it.ServiceSummaryStatistics)!.TotalCount,
      ]);
    };
    expect(await series({})).toEqual([
      [0, 2],
      [120, 1],
    ]);
    expect(await series({ Period: 300 })).toEqual([
      [-180, 2],
      [120, 1],
    ]);
    expect(await series({ EntitySelectorExpression: 'service("front")' })).toEqual([
      [0, 1],
      [120, 1],
    ]);
    expect(await series({ EntitySelectorExpression: 'id(name: "db", type: "remote")' })).toEqual([
      [0, 1],
    ]);
    expect(await series({ EntitySelectorExpression: 'edge("other", "db")' })).toEqual([[0, 1]]);
    await expect(series({ Period: 7 })).rejects.toEqual(fault('InvalidRequestException'));
    await expect(series({ ForecastStatistics: true })).rejects.toEqual(
      fault('InvalidRequestException'),
    );
  });
});

const RULE = {
  RuleName: 'orders',
  ResourceARN: '*',
  Priority: 10,
  FixedRate: 0.5,
  ReservoirSize: 10,
  ServiceName: 'orders*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
};

describe('sampling rules', () => {
  it('are kept, changed and deleted; Default always is', async () => {
    const { call, clock, reopen } = await world();
    expect((await call.GetSamplingRules({}, HERE)).SamplingRuleRecords).toMatchObject([
      {
        SamplingRule: { RuleName: 'Default', Priority: 10_000, FixedRate: 0.05, ReservoirSize: 1 },
      },
    ]);
    await call.CreateSamplingRule({ SamplingRule: RULE, Tags: [{ Key: 'a', Value: 'b' }] }, HERE);
    await expect(call.CreateSamplingRule({ SamplingRule: RULE }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
    clock.advance(5_000);
    const ResourceARN = 'arn:aws:xray:us-east-1:000000000000:sampling-rule/orders';
    const { SamplingRuleRecord } = await call.UpdateSamplingRule(
      { SamplingRuleUpdate: { RuleARN: ResourceARN, FixedRate: 1 } },
      HERE,
    );
    expect(SamplingRuleRecord).toMatchObject({
      SamplingRule: { RuleName: 'orders', FixedRate: 1, Priority: 10, Attributes: {} },
      CreatedAt: new Date(START * 1000),
      ModifiedAt: new Date((START + 5) * 1000),
    });
    const again = await reopen();
    const rules = await again.call.GetSamplingRules({}, HERE);
    expect(rules.SamplingRuleRecords!.map((it) => it.SamplingRule!.RuleName)).toEqual([
      'orders',
      'Default',
    ]);
    const tags = await again.call.ListTagsForResource({ ResourceARN }, HERE);
    expect(tags.Tags).toEqual([{ Key: 'a', Value: 'b' }]);
    await again.call.DeleteSamplingRule({ RuleName: 'orders' }, HERE);
    await expect(again.call.DeleteSamplingRule({ RuleName: 'orders' }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
    await expect(again.call.DeleteSamplingRule({ RuleName: 'Default' }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
    const priority = { RuleName: 'Default', Priority: 5 };
    await expect(
      again.call.UpdateSamplingRule({ SamplingRuleUpdate: priority }, HERE),
    ).rejects.toEqual(fault('InvalidRequestException'));
  });

  it('are 25 at most', async () => {
    const { call } = await world();
    for (let n = 0; n < 25; n++) {
      await call.CreateSamplingRule({ SamplingRule: { ...RULE, RuleName: `r${n}` } }, HERE);
    }
    await expect(call.CreateSamplingRule({ SamplingRule: RULE }, HERE)).rejects.toEqual(
      fault('RuleLimitExceededException'),
    );
  });

  it('give clients their shares', async () => {
    const { call, clock } = await world();
    await call.CreateSamplingRule({ SamplingRule: RULE }, HERE);
    const report = (ClientID: string, RequestCount: number, RuleName = 'orders') => ({
      RuleName,
      ClientID,
      Timestamp: new Date(clock.now()),
      RequestCount,
      SampledCount: 1,
      BorrowCount: 1,
    });
    const targets = async (...documents: ReturnType<typeof report>[]) =>
      call.GetSamplingTargets({ SamplingStatisticsDocuments: documents }, HERE);
    const first = await targets(report('a', 900), report('b', 100), report('a', 5, 'none'));
    expect(first.SamplingTargetDocuments!.map((it) => it.ReservoirQuota)).toEqual([10, 0]);
    expect(first.SamplingTargetDocuments![0]).toMatchObject({
      RuleName: 'orders',
      FixedRate: 0.5,
      Interval: 10,
      ReservoirQuotaTTL: new Date((START + 300) * 1000),
    });
    expect(first.LastRuleModification).toEqual(new Date(START * 1000));
    expect(first.UnprocessedStatistics).toMatchObject([{ RuleName: 'none' }]);
    clock.advance(10_000);
    const second = await targets(report('a', 900));
    expect(second.SamplingTargetDocuments![0]!.ReservoirQuota).toBe(9);
    clock.advance(70_000);
    const third = await targets(report('b', 5));
    expect(third.SamplingTargetDocuments![0]!.ReservoirQuota).toBe(10);
    const { SamplingStatisticSummaries } = await call.GetSamplingStatisticSummaries({}, HERE);
    expect(SamplingStatisticSummaries!.map((it) => it.RequestCount)).toEqual([1000, 900, 5]);
  });
});

describe('our own sampling', () => {
  const service = {
    serviceName: 'm',
    serviceType: 'AWS::StepFunctions::StateMachine',
    resourceARN: 'a',
  };

  it('takes everything, or what the rules give', async () => {
    const { xray } = await world('all');
    expect(Array.from({ length: 50 }, () => xray.sampler.sample(HERE, service))).not.toContain(
      false,
    );
    const { xray: ruled, call, clock } = await world('aws');
    const taken = () =>
      Array.from({ length: 100 }, () => ruled.sampler.sample(HERE, service)).filter(Boolean).length;
    expect(taken()).toBeLessThan(20);
    await call.CreateSamplingRule(
      { SamplingRule: { ...RULE, ServiceName: 'm', FixedRate: 0 } },
      HERE,
    );
    expect(taken()).toBe(10);
    clock.advance(1_000);
    expect(taken()).toBe(10);
  });
});

describe('groups and settings', () => {
  it('are created, found by name or ARN, changed and deleted', async () => {
    const { call } = await world();
    const { Group } = await call.CreateGroup(
      { GroupName: 'slow', FilterExpression: 'responsetime > 5', Tags: [{ Key: 'k', Value: 'v' }] },
      HERE,
    );
    expect(Group!.GroupARN).toMatch(
      /^arn:aws:xray:us-east-1:000000000000:group\/slow\/[A-Z0-9]{16}$/,
    );
    const byArn = { GroupARN: Group!.GroupARN! };
    expect((await call.GetGroup(byArn, HERE)).Group).toEqual(Group);
    await call.UpdateGroup({ ...byArn, FilterExpression: 'fault' }, HERE);
    expect((await call.GetGroups({}, HERE)).Groups).toMatchObject([
      { GroupName: 'Default' },
      { GroupName: 'slow', FilterExpression: 'fault' },
    ]);
    const fails = (promise: Promise<unknown>) =>
      expect(promise).rejects.toEqual(fault('InvalidRequestException'));
    await fails(call.CreateGroup({ GroupName: 'slow' }, HERE));
    await fails(call.CreateGroup({ GroupName: 'x', FilterExpression: 'nonsense' }, HERE));
    await fails(
      call.UpdateGroup(
        { GroupName: 'slow', InsightsConfiguration: { NotificationsEnabled: true } },
        HERE,
      ),
    );
    await fails(call.DeleteGroup({ GroupName: 'Default' }, HERE));
    await call.DeleteGroup({ GroupName: 'slow' }, HERE);
    await fails(call.GetGroup({ GroupName: 'slow' }, HERE));
    await expect(call.ListTagsForResource({ ResourceARN: Group!.GroupARN! }, HERE)).rejects.toEqual(
      fault('ResourceNotFoundException'),
    );
  });

  it('keep the encryption configuration', async () => {
    const { call, reopen } = await world();
    const none = { EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } };
    expect(await call.GetEncryptionConfig({}, HERE)).toEqual(none);
    await call.PutEncryptionConfig({ Type: 'KMS', KeyId: 'alias/k' }, HERE);
    expect(await (await reopen()).call.GetEncryptionConfig({}, HERE)).toEqual({
      EncryptionConfig: {
        Status: 'ACTIVE',
        Type: 'KMS',
        KeyId: 'arn:aws:kms:us-east-1:000000000000:alias/k',
      },
    });
    await expect(call.PutEncryptionConfig({ Type: 'KMS' }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
  });

  it('have tags, the default ones too, which outlive a change and go with what bears them', async () => {
    const [resources] = await sqlResources();
    const { call, reopen } = await world('all', resources);
    const ruleArn = 'arn:aws:xray:us-east-1:000000000000:sampling-rule/Default';
    const groupArn = 'arn:aws:xray:us-east-1:000000000000:group/Default';
    const tag = (ResourceARN: string, Key: string) =>
      call.TagResource({ ResourceARN, Tags: [{ Key, Value: 'v' }] }, HERE);
    for (const arn of [ruleArn, groupArn]) {
      // Both at once: neither may be lost.
      await Promise.all([tag(arn, 'a'), tag(arn, 'b')]);
      await call.UntagResource({ ResourceARN: arn, TagKeys: ['a'] }, HERE);
    }
    const insights = { InsightsEnabled: true };
    await call.UpdateGroup({ GroupName: 'Default', InsightsConfiguration: insights }, HERE);
    await call.UpdateSamplingRule(
      { SamplingRuleUpdate: { RuleName: 'Default', FixedRate: 1 } },
      HERE,
    );
    const again = (await reopen()).call;
    for (const ResourceARN of [ruleArn, groupArn]) {
      expect(await again.ListTagsForResource({ ResourceARN }, HERE)).toEqual({
        Tags: [{ Key: 'b', Value: 'v' }],
      });
    }
    const { SamplingRuleRecords } = await again.GetSamplingRules({}, HERE);
    expect(SamplingRuleRecords![0]!.SamplingRule).toMatchObject({ FixedRate: 1, Priority: 10_000 });
    await call.CreateGroup({ GroupName: 'g', Tags: [{ Key: 'k', Value: 'v' }] }, HERE);
    await call.DeleteGroup({ GroupName: 'g' }, HERE);
    const { Group } = await call.CreateGroup({ GroupName: 'g' }, HERE);
    const tags = await call.ListTagsForResource({ ResourceARN: Group!.GroupARN! }, HERE);
    expect(tags).toEqual({ Tags: [] });
  });

  it('are one whichever of two servers is asked', async () => {
    const [one, two] = await sqlResources();
    const call = (await world('all', one)).call;
    const other = (await world('all', two)).call;
    await call.CreateGroup({ GroupName: 'g', FilterExpression: 'fault' }, HERE);
    const both = [call, other].map((one) => one.CreateGroup({ GroupName: 'h' }, HERE));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await two.refresh('xray');
    expect((await other.GetGroups({}, HERE)).Groups).toHaveLength(3);
    await other.DeleteGroup({ GroupName: 'g' }, HERE);
    await one.refresh('xray');
    await expect(call.GetGroup({ GroupName: 'g' }, HERE)).rejects.toEqual(
      fault('InvalidRequestException'),
    );
  });
});
