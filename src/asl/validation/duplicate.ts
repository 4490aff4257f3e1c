/** Finding a key that stands twice in one object, which reading the JSON would hide. */
import { items, members, type Spot } from './report.ts';

/** The first such key anywhere below, with the place of its second value. */
export function findDuplicate(
  spot: Spot,
): { readonly key: string; readonly spot: Spot } | undefined {
  const seen = new Set<string>();
  for (const { key, spot: child } of members(spot)) {
    if (seen.has(key)) return { key, spot: child };
    seen.add(key);
    const below = findDuplicate(child);
    if (below) return below;
  }
  for (const item of items(spot)) {
    const below = findDuplicate(item);
    if (below) return below;
  }
  return undefined;
}
