/**
 * What a client knows of a shape, by the schema that its commands carry: models at hand may be newer
 * than the client, and what it has not heard of it neither sends nor reads.
 */
const STRUCTURE = 3;
const UNION = 4;
const ERROR = -3;
const LIST = 1;
const MAP = 2;

/** Behind functions that are called late, and the traits of members. */
function resolved(schema: unknown): unknown {
  let found = schema;
  while (typeof found === 'function') found = (found as () => unknown)();
  return Array.isArray(found) && found.length === 2 ? resolved(found[0]) : found;
}

/** The value without members that the schema does not have. */
export function pruned(value: unknown, schema: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = resolved(schema);
  if (!Array.isArray(known)) return value;
  const [kind, , , , names, parts] = known as [number, string, string, unknown, unknown, unknown];
  if (kind === LIST) return (value as unknown[]).map((item) => pruned(item, names));
  if (kind === MAP) return mapped(value, () => parts);
  if (kind !== STRUCTURE && kind !== UNION && kind !== ERROR) return value;
  const members = new Map((names as string[]).map((one, i) => [one, (parts as unknown[])[i]]));
  return mapped(value, (key) => (members.has(key) ? members.get(key) : undefined));
}

function mapped(value: object, schemaOf: (key: string) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => {
      const schema = schemaOf(key);
      if (schema === undefined) return [];
      return [[key, pruned(part, schema)]];
    }),
  );
}
