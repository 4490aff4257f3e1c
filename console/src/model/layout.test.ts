import { describe, expect, it } from 'vitest';
import { describeRule, placesOf, readDefinition } from './definition.ts';
import { type LaidNode, layoutFlow } from './layout.ts';

const definition = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [
              {
                StartAt: 'A',
                States: { A: { Type: 'Pass', Next: 'A2' }, A2: { Type: 'Pass', End: true } },
              },
              { StartAt: 'B', States: { B: { Type: 'Pass', End: true } } },
            ],
            End: true,
          },
        },
      },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Broken' }],
      Next: 'Pick',
    },
    Pick: {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericGreaterThan: 3, Next: 'Each' }],
      Default: 'Done',
    },
    Done: { Type: 'Succeed' },
    Broken: { Type: 'Fail' },
  },
};

describe('laying out a definition', () => {
  const flow = readDefinition(JSON.stringify(definition))!;
  const layout = layoutFlow(flow);
  const at = new Map(layout.nodes.map((node) => [node.node.name, node]));
  const inside = (inner: LaidNode, outer: LaidNode): boolean =>
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height;

  it('places every state once, inner ones inside their container', () => {
    expect([...at.keys()].sort()).toEqual(
      ['A', 'A2', 'B', 'Both', 'Broken', 'Done', 'Each', 'Pick'].sort(),
    );
    expect(inside(at.get('Both')!, at.get('Each')!)).toBe(true);
    expect(inside(at.get('A2')!, at.get('Both')!)).toBe(true);
    expect(inside(at.get('B')!, at.get('Both')!)).toBe(true);
    expect(inside(at.get('Pick')!, at.get('Each')!)).toBe(false);
  });

  it('never lets two states of one flow overlap', () => {
    const leaves = layout.nodes.filter((node) => !node.isContainer);
    for (const a of leaves) {
      for (const b of leaves) {
        if (a === b) continue;
        const apart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart, `${a.node.name} and ${b.node.name}`).toBe(true);
      }
    }
  });

  it('has an edge for each transition, with start and ends', () => {
    const kinds = layout.edges.map((edge) => edge.kind).sort();
    expect(kinds).toEqual(['catch', 'choice', 'default', 'end', 'end', 'next', 'next', 'start']);
    expect(layout.edges.every((edge) => edge.points.length >= 2)).toBe(true);
  });

  it('knows the containers of each state', () => {
    expect(placesOf(flow).get('A2')!.containers).toEqual(['Each', 'Both']);
  });

  it('reads drafts as far as they go', () => {
    expect(readDefinition('{"States":')).toBeUndefined();
    expect(readDefinition('{"States":{"A":{"Next":"nowhere"}}}')!.states).toHaveLength(1);
    expect(layoutFlow(readDefinition('{"States":{"A":{"Next":"nowhere"}}}')!).edges).toEqual([]);
  });

  it('puts choice rules in few words', () => {
    expect(describeRule({ Variable: '$.n', NumericGreaterThanEquals: 3 })).toBe('$.n ≥ 3');
    expect(describeRule({ Not: { Variable: '$.a', IsPresent: true } })).toBe(
      'not ($.a is present)',
    );
    expect(describeRule({ Condition: '{% $states.input.x = 1 %}' })).toBe('$states.input.x = 1');
  });
});
