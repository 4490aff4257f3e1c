import { describe, expect, it } from 'vitest';
import { type PlainNode, placeNodes } from './map-layout.ts';

const node = (id: number, targets: number[] = []): PlainNode => ({
  id,
  width: 100,
  height: 80,
  targets,
});

describe('placing the nodes of a map', () => {
  it('packs parts that are not connected side by side, without overlap', () => {
    const nodes = Array.from({ length: 12 }, (_, part) => [
      node(2 * part, [2 * part + 1]),
      node(2 * part + 1),
    ]).flat();
    const { at, width, height } = placeNodes(nodes);
    expect(width).toBeGreaterThan(height);
    for (const a of nodes) {
      for (const b of nodes.filter((other) => other.id > a.id)) {
        const [p, q] = [at.get(a.id)!, at.get(b.id)!];
        expect(Math.abs(p.x - q.x) >= 100 || Math.abs(p.y - q.y) >= 80).toBe(true);
      }
    }
  });

  it('keeps a connected part together, callers on the left', () => {
    const { at } = placeNodes([node(1, [2, 3]), node(2, [4]), node(3, [4]), node(4), node(9)]);
    expect(at.get(1)!.x).toBeLessThan(at.get(2)!.x);
    expect(at.get(2)!.x).toBeLessThan(at.get(4)!.x);
    expect(at.size).toBe(5);
  });

  it('bends edges that pass a rank, and copes with circles and strangers', () => {
    const { bends } = placeNodes([node(1, [2, 3, 77]), node(2, [3]), node(3, [1, 3])]);
    expect(bends(1, 3).length).toBeGreaterThan(bends(1, 2).length);
    expect(bends(1, 77)).toEqual([]);
    expect(placeNodes([])).toMatchObject({ width: 0, height: 0 });
  });
});
