/**
 * The order in which a java.util.HashMap iterates: AWS builds template results, merged objects and
 * CSV items in one, and the order shows in histories and outputs (recorded).
 */
const LOAD_FACTOR = 0.75;
const TABLE_SIZE_MIN = 16;

/** The keys by bucket; keys of one bucket keep the order they came in. */
export function hashOrder(keys: readonly string[]): string[] {
  return tableOrder(keys, stringHash, Math.ceil(keys.length / LOAD_FACTOR));
}

/** Entries by bucket of a table that has room for `size` of them, or more. */
export function tableOrder<T>(
  entries: readonly T[],
  hashOf: (entry: T) => number,
  size: number,
): T[] {
  let buckets = TABLE_SIZE_MIN;
  while (buckets < size) buckets *= 2;
  const bucketOf = entries.map((entry) => {
    const hash = hashOf(entry);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  });
  const places = new Int32Array(buckets + 1);
  for (const bucket of bucketOf) places[bucket + 1]! += 1;
  for (let i = 0; i < buckets; i++) places[i + 1]! += places[i]!;
  const ordered = new Array<T>(entries.length);
  entries.forEach((entry, i) => {
    ordered[places[bucketOf[i]!]!++] = entry;
  });
  return ordered;
}

/** Java's String.hashCode. */
export function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
