import { describe, expect, it } from 'vitest';
import { edgeFilter, nodeFilter } from './filter-text.ts';
import { arcPath, dominant, healthOf, layoutServices, ringArcs } from './service-map.ts';
import type { ServiceNode, Statistics } from './shapes.ts';

function statistics(
  ok: number,
  error: number,
  fault: number,
  throttle: number,
  seconds = 1,
): Statistics {
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + error + fault + throttle,
    TotalResponseTime: seconds,
  };
}

describe('rings', () => {
  it('goes clockwise fault, throttle, error, ok and closes the circle', () => {
    const arcs = ringArcs(healthOf(statistics(4, 1, 2, 3)));
    expect(arcs.map((arc) => arc.health)).toEqual(['fault', 'throttle', 'error', 'ok']);
    expect(arcs.map((arc) => Math.round(arc.to * 1000) / 1000)).toEqual([0.2, 0.5, 0.6, 1]);
    expect(arcs[0]!.from).toBe(0);
  });

  it('draws a tiny share as two percent but tells the truth', () => {
    const [fault, ok] = ringArcs(healthOf(statistics(9999, 0, 1, 0)));
    expect(fault!.to).toBeGreaterThan(0.019);
    expect(fault!.share).toBe(0.0001);
    expect(ok!.to).toBe(1);
  });

  it('closes a ring of one colour', () => {
    const [arc] = ringArcs(healthOf(statistics(5, 0, 0, 0)));
    expect(arcPath(arc!, 10).match(/A/g)).toHaveLength(2);
    expect(arcPath({ from: 0, to: 0.25 }, 10)).toBe('M0.00 -10.00A10 10 0 0 1 10.00 0.00');
  });

  it('is empty without traffic and names what is wrong', () => {
    expect(ringArcs(healthOf(undefined))).toEqual([]);
    expect(dominant(healthOf(statistics(90, 0, 0, 10)))).toBe('throttle');
    expect(dominant(healthOf(statistics(99, 0, 1, 0)))).toBeUndefined();
  });
});

describe('the map', () => {
  const services: ServiceNode[] = [
    {
      ReferenceId: 0,
      Name: 'machine',
      Type: 'client',
      State: 'unknown',
      Edges: [{ ReferenceId: 1, SummaryStatistics: statistics(3, 0, 1, 0) }],
    },
    {
      ReferenceId: 1,
      Name: 'machine',
      Type: 'AWS::StepFunctions::StateMachine',
      State: 'active',
      Edges: [{ ReferenceId: 2, SummaryStatistics: statistics(4, 0, 0, 0) }, { ReferenceId: 9 }],
      SummaryStatistics: statistics(3, 0, 1, 0, 2),
    },
    { ReferenceId: 2, Name: 'table', Type: 'AWS::DynamoDB::Table', State: 'unknown', Edges: [] },
  ];
  const map = layoutServices(services, 2);

  it('gives the client the ring of its edge, and rates and averages to the rest', () => {
    const [client, machine, table] = map.nodes;
    expect(client).toMatchObject({ name: 'Client', isClient: true, counts: { fault: 1, ok: 3 } });
    expect(machine).toMatchObject({ averageMs: 500, perMinute: 2, isInferred: false });
    expect(table).toMatchObject({ isInferred: true, averageMs: undefined });
  });

  it('flows left to right and leaves out edges to nowhere', () => {
    expect(map.nodes[0]!.at.x).toBeLessThan(map.nodes[1]!.at.x);
    expect(map.nodes[1]!.at.x).toBeLessThan(map.nodes[2]!.at.x);
    expect(map.edges.map((edge) => edge.key)).toEqual(['0-1', '1-2']);
  });
});

describe('filters written by the map', () => {
  const table = { name: 'sentiment-table', type: 'AWS::DynamoDB::Table' };

  it('says what was ticked', () => {
    expect(nodeFilter(table, ['throttle'])).toBe('service("sentiment-table") { throttle = true }');
    expect(nodeFilter(table, [])).toBe('service("sentiment-table")');
    expect(nodeFilter(table, ['fault', 'error'], { seconds: [0.1, 2] })).toBe(
      'service("sentiment-table") { (fault = true OR error = true) AND responsetime >= 0.1 AND responsetime <= 2 }',
    );
  });

  it('tells nodes of one name apart by type, and quotes', () => {
    expect(nodeFilter(table, [], { isAmbiguous: true })).toBe(
      'service(id(name: "sentiment-table", type: "AWS::DynamoDB::Table"))',
    );
    expect(edgeFilter({ name: 'a"b', type: '' }, table, [])).toBe(
      'edge("a\\"b", "sentiment-table")',
    );
    expect(edgeFilter(undefined, table, ['fault'])).toBe(
      'service("sentiment-table") { fault = true }',
    );
  });
});
