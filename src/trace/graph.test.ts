import { describe, expect, it } from 'vitest';
import {
  addToPeriods,
  contributionOf,
  graphOf,
  minuteWindow,
  printHistogram,
  type Tally,
} from './graph.ts';
import { addStats, emptyStats, printStats, readStats, requestOf } from './stats.ts';
import { treeOf } from './tree.ts';

const T0 = 1700000000;
const idOf = (number: number) => number.toString(16).padStart(16, '0');
const traceIdOf = (number: number) => `1-6553f100-${number.toString(16).padStart(24, '0')}`;

interface Given {
  id: number;
  name: string;
  from: number;
  to: number;
  [member: string]: unknown;
}

/** Milliseconds after T0; `parent` is the number of the calling entity. */
function document(trace: number, { id, from, to, parent, subsegments, ...rest }: Given): object {
  return {
    trace_id: traceIdOf(trace),
    id: idOf(id),
    start_time: T0 + from / 1000,
    end_time: T0 + to / 1000,
    ...(parent !== undefined && { parent_id: idOf(parent as number) }),
    ...(subsegments !== undefined && {
      subsegments: (subsegments as Given[]).map((child) => document(trace, child)),
    }),
    ...rest,
  };
}

function graphOfTraces(...traces: Given[][]) {
  const tallies = new Map<number, Tally>();
  traces.forEach((documents, trace) => {
    const texts = documents.map((given) => JSON.stringify(document(trace, given)));
    const contribution = contributionOf(treeOf(traceIdOf(trace), texts));
    const all = { fromMinute: 0, toMinute: 1e9 };
    for (const share of contribution) addToPeriods(tallies, all, share, 1);
  });
  const services = graphOf(tallies.get(0)!);
  const node = (name: string, type?: string) =>
    services.find((service) => service.Name === name && service.Type === type)!;
  const edge = (from: (typeof services)[0], to: (typeof services)[0]) =>
    from.Edges.find((it) => it.ReferenceId === to.ReferenceId);
  return { services, node, edge };
}

describe('the service graph', () => {
  it('counts four requests, one of them a client error', () => {
    const times = [5, 15, 157, 96];
    const { node, edge } = graphOfTraces(
      ...times.map((ms, n) => [
        { id: 1, name: 'front', from: 0, to: ms, ...(n === 3 && { error: true }) },
      ]),
    );
    const expected = {
      SummaryStatistics: {
        OkCount: 3,
        ErrorStatistics: { ThrottleCount: 0, OtherCount: 1, TotalCount: 1 },
        FaultStatistics: { OtherCount: 0, TotalCount: 0 },
        TotalCount: 4,
        TotalResponseTime: 0.273,
      },
      ResponseTimeHistogram: [0.005, 0.015, 0.096, 0.157].map((Value) => ({ Value, Count: 1 })),
    };
    expect(node('front')).toMatchObject(expected);
    expect(edge(node('front', 'client'), node('front'))).toMatchObject(expected);
  });

  it('adds up two calls of a table, on the node and on the edge', () => {
    const call = (id: number, from: number, to: number): Given => ({
      id,
      name: 'DynamoDB',
      namespace: 'aws',
      from,
      to,
      aws: { table_name: 'T' },
    });
    const { node, edge } = graphOfTraces([
      { id: 1, name: 'f', from: 0, to: 200, subsegments: [call(2, 0, 76), call(3, 80, 124)] },
    ]);
    const table = node('T', 'AWS::DynamoDB::Table');
    expect(table.SummaryStatistics).toMatchObject({ TotalResponseTime: 0.12, TotalCount: 2 });
    expect(edge(node('f'), table)!.SummaryStatistics.TotalResponseTime).toBe(0.12);
  });

  it('measures a cold function by its work, and the edge to it by its caller', () => {
    const invocation = (trace: number, serviceMs: number, functionMs: number, initMs: number) => [
      { id: 1, name: 'fn', origin: 'AWS::Lambda', from: 0, to: serviceMs },
      {
        id: 2,
        parent: 1,
        name: 'fn',
        origin: 'AWS::Lambda::Function',
        from: initMs,
        to: initMs + functionMs,
        subsegments: initMs
          ? [{ id: 3 + trace, name: 'Initialization', from: 0, to: initMs - 1 }]
          : [],
      },
    ];
    const { node, edge } = graphOfTraces(invocation(0, 300, 13, 229), invocation(1, 20, 2, 0));
    const service = node('fn', 'AWS::Lambda');
    const fn = node('fn', 'AWS::Lambda::Function');
    expect(fn.ResponseTimeHistogram.map(({ Value }) => Value)).toEqual([0.002, 0.013]);
    expect(fn.DurationHistogram.map(({ Value }) => Value)).toEqual([0.002, 0.242]);
    expect(fn.SummaryStatistics!.TotalResponseTime).toBe(0.015);
    expect(edge(service, fn)!.ResponseTimeHistogram).toEqual(service.ResponseTimeHistogram);
  });

  it('knows a callee under the name its caller uses', () => {
    const { node, edge } = graphOfTraces([
      {
        id: 1,
        name: 'front',
        from: 0,
        to: 9,
        subsegments: [{ id: 2, name: 'api.example.com', namespace: 'remote', from: 1, to: 8 }],
      },
      { id: 3, parent: 2, name: 'api', from: 2, to: 7 },
    ]);
    expect(edge(node('front'), node('api'))!.Aliases).toEqual([
      { Name: 'api.example.com', Names: ['api.example.com'] },
    ]);
    expect(node('api.example.com', 'remote')).toBeUndefined();
  });

  it.each([
    [
      { name: 'SQS', namespace: 'aws', aws: { queue_url: 'http://q/1' } },
      'http://q/1',
      'AWS::SQS::Queue',
    ],
    [{ name: 'SNS', namespace: 'aws', aws: { topic_arn: 'arn:t' } }, 'SNS', 'AWS::SNS'],
    [{ name: 'DynamoDB', namespace: 'aws' }, 'DynamoDB', 'AWS::DynamoDB'],
    [{ name: 'Lambda', namespace: 'aws', aws: {} }, 'Lambda', 'AWS::Lambda'],
    // Python's SDK names a call by the endpoint's prefix, others by the service's id.
    [{ name: 'dynamodb', namespace: 'aws', aws: { table_name: 't' } }, 't', 'AWS::DynamoDB::Table'],
    [
      { name: 'Dynamo DB', namespace: 'aws', aws: { table_names: ['t'] } },
      't',
      'AWS::DynamoDB::Table',
    ],
    [
      { name: 'DynamoDB', namespace: 'aws', aws: { table_names: ['t', 'u'] } },
      'DynamoDB',
      'AWS::DynamoDB',
    ],
    [
      { name: 'sqs', namespace: 'aws', aws: { queue_url: 'http://q/1' } },
      'http://q/1',
      'AWS::SQS::Queue',
    ],
    [{ name: 'lambda', namespace: 'aws', aws: { function_name: 'f2' } }, 'f2', 'AWS::Lambda'],
    [
      {
        name: 'lambda',
        namespace: 'aws',
        aws: { function_name: 'arn:aws:lambda:us-east-1:1:function:f2:live' },
      },
      'f2',
      'AWS::Lambda',
    ],
    [{ name: 's3', namespace: 'aws' }, 'S3', 'AWS::S3'],
    [{ name: 'secretsmanager', namespace: 'aws' }, 'SecretsManager', 'AWS::SecretsManager'],
    [{ name: 'CloudWatch Logs', namespace: 'aws' }, 'CloudWatchLogs', 'AWS::CloudWatchLogs'],
    [{ name: 'SomethingNew', namespace: 'aws' }, 'SomethingNew', 'AWS::SomethingNew'],
    [{ name: 'host.example', namespace: 'remote' }, 'host.example', 'remote'],
    [{ name: 'db@host', namespace: 'remote', sql: { url: 'x' } }, 'db@host', 'Database::SQL'],
  ])('infers a node from %j', (call, name, type) => {
    const { services, node } = graphOfTraces([
      { id: 1, name: 'f', from: 0, to: 9, subsegments: [{ id: 2, from: 1, to: 2, ...call }] },
    ]);
    expect(services).toHaveLength(3);
    expect(node(name, type)).toMatchObject({ State: 'unknown' });
  });

  it('shows what is in progress without counting it', () => {
    const tallies = new Map<number, Tally>();
    const open = { ...document(0, { id: 1, name: 'f', from: 0, to: 1 }), end_time: undefined };
    const tree = treeOf(traceIdOf(0), [JSON.stringify(open)]);
    for (const share of contributionOf(tree)) {
      addToPeriods(tallies, { fromMinute: 0, toMinute: 1e9 }, share, 1);
    }
    const nodes = graphOf(tallies.get(0)!);
    expect(nodes.map((node) => node.SummaryStatistics?.TotalCount)).toEqual([undefined, 0]);
  });

  it('forgets what is taken away again', () => {
    const tree = treeOf(traceIdOf(0), [
      JSON.stringify(document(0, { id: 1, name: 'f', from: 0, to: 1 })),
    ]);
    const tallies = new Map<number, Tally>();
    const all = { fromMinute: 0, toMinute: 1e9 };
    for (const sign of [1, -1] as const) {
      for (const share of contributionOf(tree)) addToPeriods(tallies, all, share, sign);
    }
    expect(graphOf(tallies.get(0)!)).toEqual([]);
  });

  it('draws no edge from a caller that is not there, nor from a segment to itself', () => {
    const { services } = graphOfTraces([
      { id: 1, parent: 99, name: 'a', from: 0, to: 9 },
      { id: 2, parent: 2, name: 'b', from: 0, to: 9 },
    ]);
    expect(services.map(({ Name, Edges }) => [Name, Edges])).toEqual([
      ['a', []],
      ['b', []],
    ]);
  });

  it('is asked for in whole minutes', () => {
    expect(minuteWindow(60_000, 120_000)).toEqual({ fromMinute: 1, toMinute: 2 });
    expect(minuteWindow(119_999, 120_001)).toEqual({ fromMinute: 1, toMinute: 3 });
  });

  it('answers histograms of bounded length', () => {
    const histogram = new Map(Array.from({ length: 5_000 }, (_, ms) => [ms, 1]));
    const entries = printHistogram(histogram);
    expect(entries.length).toBeLessThanOrEqual(1_000);
    expect(entries.reduce((sum, entry) => sum + entry.Count, 0)).toBe(5_000);
  });

  it('prints statistics and reads them back', () => {
    const entity = { id: idOf(1), name: 'a', start_time: T0, end_time: T0 + 123.4567, error: true };
    const stats = emptyStats();
    addStats(stats, requestOf(entity, 200_000_000), 1);
    expect(readStats(JSON.parse(JSON.stringify(printStats(stats))))).toEqual(stats);
    expect([...stats.response.keys()]).toEqual([123_500]);
  });
});
