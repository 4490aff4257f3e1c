/** Configured things to examine a ResourceStore with. */
import type { NewResource, Resource, ResourceKey, ResourceNews, ResourceStore } from './store.ts';

export const HERE = { account: '000000000000', region: 'us-east-1' };
export const THERE = { account: '000000000000', region: 'eu-west-1' };

export const key = (name: string, more: Partial<ResourceKey> = {}): ResourceKey => ({
  place: HERE,
  service: 'echo',
  kind: 'thing',
  name,
  ...more,
});

export const newResource = (name: string, more: Partial<NewResource> = {}): NewResource => ({
  ...key(name),
  body: { name },
  ...more,
});

/** Keys that differ from one in a single part. */
export const everywhere = ({ place, service, kind, name }: ResourceKey): ResourceKey[] => [
  { place: { ...place, account: '1' }, service, kind, name },
  { place: THERE, service, kind, name },
  { place, service: 'x', kind, name },
  { place, service, kind: 'x', name },
  { place, service, kind, name: 'x' },
];

export const names = (list: readonly Pick<Resource, 'name'>[]): string[] =>
  list.map(({ name }) => name);

/** All names of a list, read in pages. */
export async function pageOf(
  store: ResourceStore,
  query: { prefix?: string; descending?: boolean; limit: number },
): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const page = names(await store.page({ ...key(''), ...query, after: found.at(-1) }));
    found.push(...page);
    if (page.length < query.limit) return found;
  }
}

/** News with names alone. */
export interface Told {
  readonly complete: boolean;
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export const tells =
  (told: Told[]) =>
  ({ complete, changed, removed }: ResourceNews): void => {
    const order = changed.toSorted((a, b) => (a.kind < b.kind ? 1 : -1));
    told.push({ complete, changed: names(order), removed: names(removed) });
  };
