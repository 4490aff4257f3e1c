import { describe, expect, it } from 'vitest';
import { compileMachine } from './compile.ts';
import { graphOf } from './layout.ts';

const pass = { Type: 'Pass', End: true };
const machine = compileMachine(
  JSON.stringify({
    StartAt: 'C',
    States: {
      C: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.a', NumericGreaterThanEquals: 3, Next: 'P' },
          {
            And: [
              { Variable: '$.b', IsNull: false },
              { Not: { Variable: '$.c', StringEqualsPath: '$.d' } },
            ],
            Next: 'M',
          },
        ],
        Default: 'S',
      },
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'A', States: { A: pass } },
          { StartAt: 'B', States: { B: pass } },
        ],
        Catch: [{ ErrorEquals: ['X', 'Y'], Next: 'S' }],
        Next: 'M',
      },
      M: { Type: 'Map', ItemProcessor: { StartAt: 'I', States: { I: pass } }, End: true },
      S: { Type: 'Succeed' },
    },
  }),
);

describe('graphOf', () => {
  const graph = graphOf(machine);

  it('has an edge for every transition, with its meaning', () => {
    expect(graph.edges).toEqual([
      { from: 'C', to: 'P', kind: 'choice', label: '$.a >= 3' },
      { from: 'C', to: 'M', kind: 'choice', label: '$.b is not null and not $.c == $.d' },
      { from: 'C', to: 'S', kind: 'default', label: 'Default' },
      { from: 'P', to: 'M', kind: 'next' },
      { from: 'P', to: 'S', kind: 'catch', label: 'X, Y' },
    ]);
  });

  it('nests branches and processors with their locations', () => {
    const parallel = graph.nodes.find(({ id }) => id === 'P')!;
    expect(parallel.children.map(({ path }) => path)).toEqual([
      '/States/P/Branches[0]',
      '/States/P/Branches[1]',
    ]);
    expect(parallel.children[1]!.nodes[0]).toEqual({
      id: 'B',
      type: 'Pass',
      path: '/States/P/Branches[1]/States/B',
      terminal: true,
      children: [],
    });
    const map = graph.nodes.find(({ id }) => id === 'M')!;
    expect(map.children[0]!.nodes[0]!.path).toBe('/States/M/ItemProcessor/States/I');
  });

  it('marks what leaves the flow', () => {
    const terminal = graph.nodes.filter((node) => node.terminal).map(({ id }) => id);
    expect(terminal).toEqual(['M', 'S']);
  });
});
