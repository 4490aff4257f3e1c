/** What an intrinsic function is, and how one refuses its arguments. */
import type { Json } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';

export interface Intrinsic {
  readonly argumentsMin: number;
  readonly argumentsMax: number;
  /** Throws Refusal where the arguments do not fit. */
  readonly run: (args: readonly Json[], tools: Tools) => Json;
}

/** The arguments do not fit the function; becomes `States.IntrinsicFailure`. */
export class Refusal extends Error {
  override name = 'Refusal';
}

export function refuse(detail: string): never {
  throw new Refusal(detail);
}

export function textOf(value: Json | undefined, name: string): string {
  return typeof value === 'string'
    ? value
    : refuse(`Invalid arguments in ${name}: expected a string.`);
}

export function listOf(value: Json | undefined, name: string): Json[] {
  return Array.isArray(value) ? value : refuse(`Invalid arguments in ${name}: expected an array.`);
}

/** A number rounded as Java's Math.round does, which is also how AWS treats fractions. */
export function integerOf(value: Json | undefined, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return refuse(`Invalid arguments in ${name}: expected a number.`);
  }
  return Math.round(value) + 0;
}

export function limitText(text: string, lengthMax: number, name: string): string {
  if (text.length <= lengthMax) return text;
  return refuse(`Invalid arguments in ${name}: the string is longer than ${lengthMax} characters.`);
}
