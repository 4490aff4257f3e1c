/** The state next to another in the direction of an arrow key. */
import type { LaidNode } from '../../model/layout.ts';

export function neighbour(
  nodes: readonly LaidNode[],
  from: LaidNode,
  key: string,
): LaidNode | undefined {
  const center = (node: LaidNode) => ({ x: node.x + node.width / 2, y: node.y + node.height / 2 });
  const at = center(from);
  const [dx, dy] =
    key === 'ArrowDown'
      ? [0, 1]
      : key === 'ArrowUp'
        ? [0, -1]
        : key === 'ArrowRight'
          ? [1, 0]
          : [-1, 0];
  let best: LaidNode | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    if (node === from) continue;
    const to = center(node);
    const along = (to.x - at.x) * dx + (to.y - at.y) * dy;
    const across = Math.abs((to.x - at.x) * dy + (to.y - at.y) * dx);
    const distance = along + 3 * across;
    if (along > 4 && distance < least) {
      least = distance;
      best = node;
    }
  }
  return best;
}
