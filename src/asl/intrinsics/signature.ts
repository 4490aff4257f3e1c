/** What an intrinsic function is, and how one refuses its arguments. */
import { type Json, WrittenNumber } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';

export interface Intrinsic {
  readonly argumentsMin: number;
  readonly argumentsMax: number;
  /** Throws Refusal where the arguments do not fit. */
  readonly run: (args: readonly Json[], tools: Tools) => Json;
}

/** The arguments do not fit the function. AWS says which function, and mostly nothing more. */
export class Refusal extends Error {
  override name = 'Refusal';
  /** In place of the plain `Invalid arguments in States.…`. */
  readonly text: string | undefined;

  constructor(text?: string) {
    super(text ?? 'Invalid arguments');
    this.text = text;
  }
}

export function refuse(text?: string): never {
  throw new Refusal(text);
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : refuse();
}

export function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : refuse();
}

export function numberOf(value: Json | undefined): number {
  const number = value instanceof WrittenNumber ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : refuse();
}

/** A number without its fraction, as AWS treats sizes, positions and bounds (measured). */
export function integerOf(value: Json | undefined): number {
  return Math.trunc(numberOf(value)) + 0;
}

export function limitText(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : refuse();
}
