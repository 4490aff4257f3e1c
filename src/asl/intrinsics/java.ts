/**
 * Values as the runtime of AWS, which is Java, prints them and places them in hash tables: both
 * show in what intrinsic functions give (recorded and measured).
 */
import { comparable, isNumeric, isObject, type Json } from '../../ground/json.ts';
import { stringHash, tableOrder } from '../hash-order.ts';

/** As String.valueOf prints it, e.g. `{a=1, b=[x, null]}`. */
export function printJava(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(printJava).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}=${printJava(member)}`);
  return `{${members.join(', ')}}`;
}

const HASH_OF_TRUE = 1231;
const HASH_OF_FALSE = 1237;

function hashOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'string') return stringHash(value);
  if (typeof value === 'boolean') return value ? HASH_OF_TRUE : HASH_OF_FALSE;
  if (isNumeric(value)) return numberHash(comparable(value));
  if (Array.isArray(value)) {
    return value.reduce<number>((hash, item) => (Math.imul(hash, 31) + hashOf(item)) | 0, 1);
  }
  let sum = 0;
  for (const [key, member] of Object.entries(value)) sum += stringHash(key) ^ hashOf(member);
  return sum | 0;
}

/** Of an Integer, a Long or a Double, whichever holds the number. */
function numberHash(value: number | bigint): number {
  const bits = new DataView(new ArrayBuffer(8));
  if (typeof value === 'bigint') bits.setBigInt64(0, value);
  else if (value === (value | 0)) return value;
  else if (Number.isSafeInteger(value)) bits.setBigInt64(0, BigInt(value));
  else bits.setFloat64(0, value);
  return bits.getInt32(0) ^ bits.getInt32(4);
}

const LOAD_FACTOR = 0.75;

/** Different values in the order of a HashSet that was made of a list with `count` items. */
export function setOrder(values: readonly Json[], count: number): Json[] {
  return tableOrder(values, hashOf, Math.floor(count / LOAD_FACTOR) + 1);
}
