/** The entries of the rail, in the order of the features; neighbours of a group stand together. */
import type { Feature, RailEntry } from './feature.ts';

export interface RailGroup {
  readonly title: string | undefined;
  readonly entries: readonly RailEntry[];
}

export function railGroups(features: readonly Feature[]): RailGroup[] {
  const groups: { title: string | undefined; entries: RailEntry[] }[] = [];
  for (const entry of features.flatMap(({ rail }) => rail ?? [])) {
    const last = groups.at(-1);
    if (last && last.title === entry.group) last.entries.push(entry);
    else groups.push({ title: entry.group, entries: [entry] });
  }
  return groups;
}
