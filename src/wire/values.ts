/** What the readers and writers of every protocol share: their faults, and checks of single values. */
import { Fault } from '../ground/fault.ts';
import { invariant } from '../ground/invariant.ts';
import { isObject } from '../ground/json.ts';
import { fromBase64 } from './bytes.ts';

/** Largest distance from the epoch that a Date can hold. */
const MILLISECONDS_MAX = 8_640_000_000_000_000;

export function serializationFault(message: string): Fault {
  return new Fault('SerializationException', message);
}

/** The wording of AWS's JSON reader for a token in the wrong place. */
export function wrongType(value: unknown, wanted: string): Fault {
  if (isObject(value)) {
    return serializationFault('Start of structure or map found where not expected.');
  }
  if (Array.isArray(value)) return serializationFault('Start of list found where not expected.');
  return serializationFault(`${tokenOf(value)} cannot be converted to ${wanted}`);
}

function tokenOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE';
    case 'number':
      return 'NUMBER_VALUE';
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    default:
      return 'NULL_VALUE';
  }
}

/** Sets an own property, also one named `__proto__`. */
export function assign(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else target[key] = value;
}

/** Epoch seconds with a fraction; dates as text are taken too, as older clients send them. */
export function readTimestamp(value: unknown): Date {
  const ms =
    typeof value === 'number'
      ? Math.round(value * 1000)
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  if (!(Math.abs(ms) <= MILLISECONDS_MAX)) throw wrongType(value, 'milliseconds since epoch');
  return new Date(ms);
}

/** The bytes of base64 text. */
export function readBlob(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (!bytes) throw wrongType(value, 'ByteBuffer');
  return bytes;
}

export function epochMs(value: unknown): number {
  invariant(value instanceof Date, 'a timestamp must be a Date');
  return value.getTime();
}

export function bytesOf(value: unknown): Uint8Array {
  invariant(value instanceof Uint8Array, 'a blob must be a Uint8Array');
  return value;
}
