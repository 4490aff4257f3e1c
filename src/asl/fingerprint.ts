/** A text that tells equal JSON values from different ones, so that sets of them are quick. */
import { isObject, type Json, printJson } from '../ground/json.ts';

/** A text that equal values share, whatever the order of their keys. */
export function fingerprint(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join(',')}]`;
  if (!isObject(value)) return printJson(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${fingerprint(value[key]!)}`);
  return `{${members.join(',')}}`;
}
