import { describe, expect, it } from 'vitest';
import { factsOf } from './facts.ts';
import { TREE_DEPTH_MAX } from './limits.ts';
import { printSegment, treeOf } from './tree.ts';

const ID = '1-6553f100-000000000000000000000001';
const idOf = (number: number) => number.toString(16).padStart(16, '0');
const entity = (id: number, more: object = {}) => ({
  id: idOf(id),
  name: `e${id}`,
  start_time: 100 + id,
  end_time: 200 + id,
  ...more,
});
const text = (id: number, more: object = {}) =>
  JSON.stringify({ trace_id: ID, ...entity(id, more) });
const alone = (id: number, parent: number, more: object = {}) =>
  text(id, { type: 'subsegment', parent_id: idOf(parent), ...more });

describe('the tree of a trace', () => {
  it('hangs independent subsegments below their parent, once, as if they had come inside', () => {
    const tree = treeOf(ID, [alone(3, 2), alone(2, 1), text(1), alone(2, 1)]);
    expect(tree.segments).toHaveLength(1);
    const printed = JSON.parse(printSegment(tree.segments[0]!.document));
    expect(printed.subsegments).toEqual([entity(2, { subsegments: [entity(3)] })]);
  });

  it('keeps subsegments whose parent has not come, and is partial until it comes', () => {
    const early = treeOf(ID, [alone(2, 1)]);
    expect(early.segments).toEqual([]);
    expect(early.orphans.map(({ id }) => id)).toEqual([idOf(2)]);
    expect(factsOf(early)).toMatchObject({ partial: true, startUs: 102e6, endUs: 202e6 });
    const whole = treeOf(ID, [alone(2, 1), text(1)]);
    expect(whole.orphans).toEqual([]);
    expect(factsOf(whole).partial).toBeUndefined();
  });

  it('survives subsegments that are each other’s parents', () => {
    const tree = treeOf(ID, [alone(2, 3), alone(3, 2), alone(4, 4), text(1)]);
    expect(tree.segments).toHaveLength(1);
    expect(tree.orphans.map(({ id }) => id)).toEqual([idOf(2), idOf(4)]);
    const printed = tree.orphans.map((orphan) => JSON.parse(printSegment(orphan)));
    expect(printed).toEqual([
      JSON.parse(alone(2, 3, { subsegments: [entity(3)] })),
      JSON.parse(alone(4, 4)),
    ]);
  });

  it('keeps a segment whose id its own subsegments have too', () => {
    const twin = entity(1, { subsegments: [entity(1)] });
    for (const texts of [[text(1, { subsegments: [twin] })], [text(1), alone(1, 1)]]) {
      for (const order of [texts, texts.toReversed()]) {
        const tree = treeOf(ID, order);
        expect(tree.segments.map(({ document }) => JSON.parse(printSegment(document)))).toEqual([
          JSON.parse(text(1)),
        ]);
        expect(tree.orphans).toEqual([]);
      }
    }
  });

  it('survives a chain of any depth', () => {
    const count = 20_000;
    const texts = Array.from({ length: count }, (_, n) => alone(n + 2, n + 1));
    const tree = treeOf(ID, [text(1), ...texts]);
    expect(tree.places.size).toBe(count + 1);
    let depth = 0;
    let level = tree.segments[0]!.document.subsegments;
    for (; level; level = level.find((it) => it.subsegments)?.subsegments) depth++;
    expect(depth).toBeLessThanOrEqual(TREE_DEPTH_MAX + 1);
    expect(JSON.parse(printSegment(tree.segments[0]!.document)).id).toBe(idOf(1));
    expect(factsOf(tree).startUs).toBe(101e6);
  });

  it('prefers what is complete', () => {
    const open = { end_time: undefined, in_progress: true };
    const tree = treeOf(ID, [
      text(1, { subsegments: [entity(2, { fault: true })] }),
      alone(2, 1, open),
      text(5, { subsegments: [entity(6, open)] }),
      alone(6, 5, { error: true }),
    ]);
    expect(tree.places.get(idOf(2))!.entity).toMatchObject({ fault: true, end_time: 202 });
    expect(tree.places.get(idOf(6))!.entity).toMatchObject({ error: true, end_time: 206 });
  });

  it('drops the inferred segment when the callee reports itself', () => {
    const caller = text(1, { subsegments: [entity(2, { namespace: 'remote' })] });
    expect(treeOf(ID, [caller]).segments.map(({ inferred }) => inferred)).toEqual([false, true]);
    const called = treeOf(ID, [caller, text(3, { parent_id: idOf(2) })]);
    expect(called.segments.map(({ inferred }) => inferred)).toEqual([false, false]);
  });

  it('is partial while a call marked as traced has no answer', () => {
    const caller = (more: object) =>
      text(1, { subsegments: [entity(2, { namespace: 'remote', ...more })] });
    const answer = text(3, { parent_id: idOf(2) });
    for (const more of [{ traced: true }, { http: { request: { traced: true } } }]) {
      expect(factsOf(treeOf(ID, [caller(more)])).partial).toBe(true);
      expect(factsOf(treeOf(ID, [caller(more), answer])).partial).toBeUndefined();
    }
  });

  it('takes the earliest segment without a caller as root', () => {
    expect(treeOf(ID, [text(1, { parent_id: idOf(9) }), text(3), text(2)]).root!.document.id).toBe(
      idOf(2),
    );
    expect(treeOf(ID, [text(2, { parent_id: idOf(9) })]).root!.document.id).toBe(idOf(2));
  });
});

describe('the facts of a trace', () => {
  it('count each annotation and user once, with the services that set it', () => {
    const facts = factsOf(
      treeOf(ID, [
        text(1, {
          user: 'ann',
          annotations: { k: 1 },
          subsegments: [entity(2, { annotations: { k: 1, other: true } })],
        }),
        text(3, { parent_id: idOf(2), user: 'ann', annotations: { k: '1' } }),
      ]),
    );
    expect(facts.users).toEqual([{ name: 'ann', services: [0, 1] }]);
    expect(facts.annotations).toEqual([
      { key: 'k', value: 1, services: [0] },
      { key: 'other', value: true, services: [0] },
      { key: 'k', value: '1', services: [1] },
    ]);
  });

  it('index at most fifty annotations', () => {
    const annotations = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`k${n}`, n]));
    expect(factsOf(treeOf(ID, [text(1, { annotations })])).annotations).toHaveLength(50);
  });

  it('follow a fault from service to service', () => {
    const facts = factsOf(
      treeOf(ID, [
        text(1, {
          fault: true,
          subsegments: [entity(2, { fault: true, namespace: 'remote', name: 'b' })],
        }),
        text(3, {
          parent_id: idOf(2),
          fault: true,
          cause: 'aaaaaaaaaaaaaaaa',
          subsegments: [
            entity(4, {
              cause: { exceptions: [{ id: 'aaaaaaaaaaaaaaaa', type: 'E', message: 'm' }] },
            }),
          ],
        }),
      ]),
    );
    expect(facts.faultCauses).toEqual([
      {
        clientImpacting: true,
        services: [
          { service: 0, path: [{ name: 'e1' }, { name: 'b', remote: true }] },
          { service: 1, path: [{ name: 'e3', exceptions: [{ name: 'E', message: 'm' }] }] },
        ],
      },
    ]);
  });

  it('report faults that the root survived', () => {
    const facts = factsOf(
      treeOf(ID, [
        text(1, { subsegments: [entity(2, { namespace: 'aws', name: 'S3', fault: true })] }),
      ]),
    );
    expect(facts.root.fault).toBeUndefined();
    expect(facts.faultCauses).toEqual([
      {
        clientImpacting: false,
        services: [{ service: 1, inferred: true, path: [{ name: 'S3' }] }],
      },
    ]);
  });
});
