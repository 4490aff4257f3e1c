/**
 * The order in which a java.util.HashMap iterates: AWS builds template results, merged objects and
 * CSV items in one, and the order shows in histories and outputs (recorded).
 */
const LOAD_FACTOR = 0.75;
const TABLE_SIZE_MIN = 16;

/** The keys by bucket; keys of one bucket keep the order they came in. */
export function hashOrder(keys: readonly string[]): string[] {
  let size = TABLE_SIZE_MIN;
  while (keys.length > size * LOAD_FACTOR) size *= 2;
  const bucket = (key: string): number => {
    const hash = hashCode(key);
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return keys
    .map((key) => ({ key, bucket: bucket(key) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map((entry) => entry.key);
}

/** Java's String.hashCode. */
function hashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
