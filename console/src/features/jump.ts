/** Where a pasted text leads: by the form of ARNs and ids first, then by names, then a search. */
import type { QueryClient } from '@tanstack/react-query';
import type { Place } from '../model/place.ts';
import type { Feature, Named, Target } from './feature.ts';

/** Undefined where no feature has a search. */
export async function leadTo(
  text: string,
  features: readonly Feature[],
  client: QueryClient,
  place: Place,
): Promise<Target | undefined> {
  const rules = features.flatMap(({ jump }) => (jump ? [jump] : []));
  for (const { form } of rules) {
    const target = form?.(text);
    if (target) return target;
  }
  // Names that cannot be read now are as good as none: the search still answers.
  const reads = rules.map(
    ({ names }) => names?.(client, place).catch((): readonly Named[] => []) ?? [],
  );
  const named = (await Promise.all(reads)).flat();
  const wanted = text.toLowerCase();
  return (
    named.find(({ name }) => name.toLowerCase() === wanted) ??
    rules.find(({ search }) => search)?.search?.(text)
  );
}
