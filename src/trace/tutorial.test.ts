/** The recorded run of a failing state machine: its tree, graph, summary and what finds it. */
import { describe, expect, it } from 'vitest';
import { factsOf } from './facts.ts';
import { parseFilter } from './filter.ts';
import { addToPeriods, contributionOf, graphOf, type Tally } from './graph.ts';
import { matches } from './match.ts';
import { summaryOf } from './summary.ts';
import { printSegment, treeOf } from './tree.ts';

const ID = '1-62ecf1b7-39b0d615391d011ef3f77dff';
const T0 = 1659695543;
const at = (from: number, to: number) => ({
  start_time: T0 + from / 1000,
  end_time: T0 + to / 1000,
});
const CAUSE = {
  message: 'The level of configured provisioned throughput …',
  exceptions: [
    {
      id: 'eeeeeeeeeeeeeeee',
      type: 'DynamoDB.ProvisionedThroughputExceededException',
      message: 'The level of configured provisioned throughput …',
    },
  ],
};

const CALL_LAMBDA = {
  id: 'aaaaaaaaaaaaaa03',
  name: 'Lambda',
  namespace: 'aws',
  ...at(147, 224),
  http: { response: { status: 200 } },
  aws: { operation: 'Invoke', function_name: 'detect-sentiment' },
  cause: {},
};
const CALL_TABLE = {
  id: 'aaaaaaaaaaaaaa09',
  name: 'DynamoDB',
  namespace: 'aws',
  ...at(318, 325),
  throttle: true,
  error: true,
  http: { response: { status: 400 } },
  aws: { operation: 'PutItem', table_name: 'sentiment-table' },
};
const RECORD = {
  id: 'aaaaaaaaaaaaaa08',
  name: 'Record Transaction',
  ...at(252, 357),
  fault: true,
  cause: CAUSE,
  subsegments: [CALL_TABLE],
};
const PARALLEL = {
  id: 'aaaaaaaaaaaaaa04',
  name: 'Parallel',
  ...at(252, 357),
  fault: true,
  subsegments: [
    {
      id: 'aaaaaaaaaaaaaa05',
      name: 'Branch 0',
      ...at(252, 252),
      cause: {},
      subsegments: [{ id: 'aaaaaaaaaaaaaa06', name: 'Positive', ...at(252, 252), cause: {} }],
    },
    {
      id: 'aaaaaaaaaaaaaa07',
      name: 'Branch 1',
      ...at(252, 357),
      error: true,
      subsegments: [RECORD],
    },
  ],
};
const MACHINE = {
  id: 'aaaaaaaaaaaaaa01',
  name: 'DetectSentimentStateMachine',
  trace_id: ID,
  ...at(0, 396),
  origin: 'AWS::StepFunctions::StateMachine',
  fault: true,
  resource_arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:DetectSentimentStateMachine',
  cause: CAUSE,
  subsegments: [
    {
      id: 'aaaaaaaaaaaaaa02',
      name: 'DetectSentiment',
      ...at(50, 252),
      cause: {},
      subsegments: [CALL_LAMBDA],
    },
    PARALLEL,
  ],
};

const texts = [JSON.stringify(MACHINE)];
const tree = treeOf(ID, texts);
const facts = factsOf(tree);

function graph(documents: readonly string[]) {
  const tallies = new Map<number, Tally>();
  const all = { fromMinute: 0, toMinute: 1e9 };
  for (const share of contributionOf(treeOf(ID, documents))) addToPeriods(tallies, all, share, 1);
  return graphOf(tallies.get(0)!);
}

describe('the failing state machine', () => {
  it('has the segment and what it called', () => {
    const shown = tree.segments.map(({ document, service, inferred }) => [
      document.name,
      service.name,
      service.type,
      inferred,
    ]);
    expect(shown).toEqual([
      [
        'DetectSentimentStateMachine',
        'DetectSentimentStateMachine',
        'AWS::StepFunctions::StateMachine',
        false,
      ],
      ['Lambda', 'detect-sentiment', 'AWS::Lambda', true],
      ['DynamoDB', 'sentiment-table', 'AWS::DynamoDB::Table', true],
    ]);
    const printed = JSON.parse(printSegment(tree.segments[2]!.document));
    expect(printed).toMatchObject({
      trace_id: ID,
      parent_id: CALL_TABLE.id,
      origin: 'AWS::DynamoDB::Table',
      inferred: true,
      throttle: true,
      aws: { resource_names: ['sentiment-table'] },
    });
    expect(printed.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('has the recorded map', () => {
    const services = graph(texts);
    const named = (name: string, type: string) =>
      services.find((service) => service.Name === name && service.Type === type)!;
    const client = named('DetectSentimentStateMachine', 'client');
    const machine = named('DetectSentimentStateMachine', 'AWS::StepFunctions::StateMachine');
    const lambda = named('detect-sentiment', 'AWS::Lambda');
    const table = named('sentiment-table', 'AWS::DynamoDB::Table');
    expect(services).toHaveLength(4);
    expect(client).toMatchObject({
      State: 'unknown',
      Edges: [{ ReferenceId: machine.ReferenceId }],
    });
    expect(client.SummaryStatistics).toBeUndefined();
    expect(client.Root).toBeUndefined();
    expect(machine).toMatchObject({
      Root: true,
      State: 'active',
      SummaryStatistics: {
        OkCount: 0,
        FaultStatistics: { OtherCount: 1, TotalCount: 1 },
        TotalCount: 1,
        TotalResponseTime: 0.396,
      },
      ResponseTimeHistogram: [{ Value: 0.396, Count: 1 }],
    });
    expect(machine.Edges.map((edge) => edge.ReferenceId).sort()).toEqual(
      [lambda.ReferenceId, table.ReferenceId].sort(),
    );
    expect(lambda).toMatchObject({
      State: 'unknown',
      SummaryStatistics: { OkCount: 1, TotalResponseTime: 0.077 },
    });
    expect(table).toMatchObject({
      State: 'unknown',
      SummaryStatistics: {
        OkCount: 0,
        ErrorStatistics: { ThrottleCount: 1, OtherCount: 0, TotalCount: 1 },
        TotalResponseTime: 0.007,
      },
    });
  });

  it('has the summary of a fault', () => {
    const summary = summaryOf(facts, 1);
    expect(summary).toMatchObject({
      Id: ID,
      HasFault: true,
      HasError: false,
      HasThrottle: true,
      IsPartial: false,
      Duration: 0.396,
      ResponseTime: 0.396,
      Http: {},
      Annotations: {},
      Users: [],
      EntryPoint: { Name: 'DetectSentimentStateMachine' },
      ResourceARNs: [{ ARN: MACHINE.resource_arn }],
    });
    expect(summary.FaultRootCauses).toHaveLength(1);
    const [service] = summary.FaultRootCauses[0]!.Services;
    expect(summary.FaultRootCauses[0]!.ClientImpacting).toBe(true);
    expect(service!.EntityPath.map((entity) => entity.Name)).toEqual([
      'DetectSentimentStateMachine',
      'Parallel',
    ]);
    expect(service!.EntityPath[0]!.Exceptions).toEqual([
      { Name: CAUSE.exceptions[0]!.type, Message: CAUSE.message },
    ]);
    const slow = summary.ResponseTimeRootCauses[0]!.Services[0]!.EntityPath;
    expect(slow[0]).toEqual({ Name: 'DetectSentimentStateMachine', Coverage: 1, Remote: false });
    expect(slow[1]).toEqual({ Name: 'DetectSentiment', Coverage: 0.51, Remote: false });
  });

  it.each([
    'fault',
    'throttle',
    'inferred',
    'service("sentiment-table") { throttle = true }',
    'edge("DetectSentimentStateMachine", "sentiment-table") { throttle }',
    'service() { fault }',
    'resource.arn ENDSWITH ":DetectSentimentStateMachine"',
    'service(id(type: "AWS::DynamoDB::Table")) { error }',
    'rootcause.fault.exception { name = "DynamoDB.ProvisionedThroughputExceededException" }',
    'edge("", "detect-sentiment") { ok AND responsetime < 0.1 }',
    'duration >= 0.396 AND responsetime < 0.4',
  ])('is found by %s', (text) => {
    expect(matchesText(text)).toBe(true);
  });

  it.each([
    'error',
    'ok',
    'partial',
    'service("detect-sentiment") { fault }',
    'service("nobody")',
    'http.url CONTAINS ""',
    'user',
    'edge("sentiment-table", "detect-sentiment")',
  ])('is not found by %s', (text) => {
    expect(matchesText(text)).toBe(false);
  });

  it('is the same whatever the order and the parts its documents come in', () => {
    const alone = (subsegment: object, parent: string) =>
      JSON.stringify({ ...subsegment, type: 'subsegment', trace_id: ID, parent_id: parent });
    const { subsegments: _, ...bare } = MACHINE;
    const { subsegments: __, ...record } = RECORD;
    const { subsegments: branches, ...parallel } = PARALLEL;
    const { subsegments: ___, ...branch } = branches[1]!;
    const parts = [
      alone(CALL_TABLE, RECORD.id),
      alone(record, branch.id),
      alone(branches[0]!, PARALLEL.id),
      alone(branch, PARALLEL.id),
      alone(MACHINE.subsegments[0]!, MACHINE.id),
      alone(parallel, MACHINE.id),
      JSON.stringify({ ...bare, end_time: undefined, in_progress: true }),
      JSON.stringify(bare),
    ];
    for (const documents of [parts, [...parts].reverse()]) {
      expect(factsOf(treeOf(ID, documents))).toEqual(facts);
      expect(graph(documents)).toEqual(graph(texts));
      const [root] = treeOf(ID, documents).segments;
      expect(JSON.parse(printSegment(root!.document))).toEqual(
        JSON.parse(printSegment(tree.segments[0]!.document)),
      );
    }
  });
});

function matchesText(text: string): boolean {
  const reading = parseFilter(text);
  if (!reading.ok) throw new Error(`${reading.problem.message} at ${reading.problem.position}`);
  return matches(reading.filter, facts);
}
