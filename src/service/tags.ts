/**
 * Tags of anything that a service has: how many there may be, and what adding and removing makes of
 * them. Each service brings its own faults, in its own words.
 */
export type TagEntry = readonly [key: string, value: string];

export interface TagRules {
  readonly most: number;
  tooMany(): Error;
  /** For a key that begins with `aws:`; left out, such a key may be given. */
  readonly reserved?: () => Error;
}

/** Such keys are for AWS alone. */
export const isReserved = (key: string): boolean => /^aws:/i.test(key);

/** Each key once with its last value; one that is there keeps its place. */
export function withTags(
  old: Iterable<TagEntry>,
  given: Iterable<TagEntry>,
  { most, tooMany, reserved }: TagRules,
): TagEntry[] {
  const all = new Map(old);
  for (const [key, value] of given) {
    if (reserved && isReserved(key)) throw reserved();
    all.set(key, value);
  }
  if (all.size > most) throw tooMany();
  return [...all];
}

export function withoutTags(
  old: Iterable<TagEntry>,
  keys: readonly string[] | undefined,
): TagEntry[] {
  const gone = new Set(keys);
  return [...old].filter(([key]) => !gone.has(key));
}

/** Tags as most services keep them. */
export type Tags = Readonly<Record<string, string>>;

export const tagged = (old: Tags, given: Tags = {}, rules: TagRules): Record<string, string> =>
  Object.fromEntries(withTags(Object.entries(old), Object.entries(given), rules));

export const untagged = (old: Tags, keys: readonly string[] | undefined): Record<string, string> =>
  Object.fromEntries(withoutTags(Object.entries(old), keys));
