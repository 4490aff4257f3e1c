/**
 * Tags of anything that a service has: how many there may be, and what adding and removing makes of
 * them. Each service brings its own faults, in its own words.
 */
export type TagEntry = readonly [key: string, value: string];

export interface TagRules {
  readonly most: number;
  tooMany(): Error;
  /** For a key that begins with `aws:`, which is for AWS alone; left out, such a key may be. */
  readonly reserved?: () => Error;
}

const RESERVED = /^aws:/i;

/** Each key once with its last value; one that is there keeps its place. */
export function withTags(
  old: Iterable<TagEntry>,
  given: Iterable<TagEntry>,
  { most, tooMany, reserved }: TagRules,
): TagEntry[] {
  const all = new Map(old);
  for (const [key, value] of given) {
    if (reserved && RESERVED.test(key)) throw reserved();
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
