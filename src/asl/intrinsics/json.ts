/** Functions between JSON values and texts: StringToJson, JsonToString, JsonMerge. */
import { isObject, type Json, printJson, tryParseData } from '../../ground/json.ts';
import { hashOrder } from '../hash-order.ts';
import { type Intrinsic, refuse, textOf } from './signature.ts';

/** A blank text is null (recorded). */
function stringToJson(args: readonly Json[]): Json {
  const text = textOf(args[0]);
  if (text.trim() === '') return null;
  const value = tryParseData(text);
  return value === undefined ? refuse() : value;
}

/**
 * Shallow only, as on AWS, whatever the third argument is but `true` (measured); keys come out in
 * hash order (recorded).
 */
function merge(args: readonly Json[]): Json {
  const [first, second, deep] = args as [Json, Json, Json];
  if (!isObject(first) || !isObject(second) || deep === true) return refuse();
  const merged = { ...first, ...second };
  return Object.fromEntries(hashOrder(Object.keys(merged)).map((key) => [key, merged[key]!]));
}

export const JSON_FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  'States.StringToJson': { argumentsMin: 1, argumentsMax: 1, run: stringToJson },
  'States.JsonToString': { argumentsMin: 1, argumentsMax: 1, run: ([value]) => printJson(value!) },
  'States.JsonMerge': { argumentsMin: 3, argumentsMax: 3, run: merge },
};
