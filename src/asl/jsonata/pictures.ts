/**
 * What functions that format and parse by a picture may be asked for. The library has loops that
 * end for no infinite number, makes as many characters as a picture says, and tries in how many
 * ways a text can be shared among the parts of a picture.
 */
import type { Budget } from './budget.ts';
import { EvaluationError, memoryExceeded } from './errors.ts';

/** Characters of a picture, and of one component in it. Ours. */
const PICTURE_LENGTH_MAX = 1024;
/** Characters of a text and of a picture that are looked at together, for the price of a step. */
const PAIRS_PER_STEP = 512;

/** `$formatNumber`, `$formatInteger`, `$parseInteger`: a number or text, and how it looks. */
export function checkPicture(budget: Budget, [value, picture, options]: readonly unknown[]): void {
  checkNumber(value);
  budget.visitFlat(value);
  budget.visitAll(options);
  if (typeof picture !== 'string') return;
  checkLength(picture.length);
  const length = typeof value === 'string' ? value.length : picture.length;
  budget.spend((length * picture.length) / PAIRS_PER_STEP);
}

/** `$fromMillis`: a number, and how the time looks. */
export function checkTimePicture(budget: Budget, [value, picture]: readonly unknown[]): void {
  checkNumber(value);
  if (typeof picture !== 'string') return;
  checkLength(picture.length);
  checkWidths(picture);
  budget.visit(picture.length);
}

/** `$toMillis`: a text, and how the time looks in it. */
export function checkParsedTime(budget: Budget, [text, picture]: readonly unknown[]): void {
  budget.visitFlat(text);
  if (typeof picture !== 'string' || typeof text !== 'string') return;
  checkLength(picture.length);
  checkWidths(picture);
  const parts = picture.split('[').length - 1;
  const runs = text.match(/w/i.test(picture) ? /[a-z0-9, -]+/gi : /[a-z0-9]+/gi) ?? [];
  budget.visit(waysToShare(Math.max(0, ...runs.map(({ length }) => length)), parts));
}

function checkNumber(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new EvaluationError('D1001', '', value);
  }
}

function checkLength(length: number): void {
  if (length > PICTURE_LENGTH_MAX) throw memoryExceeded();
}

/** A width is said behind a comma, as `[Y,4-4]`; the library passes over blanks. */
function checkWidths(picture: string): void {
  for (const [, width] of picture.replace(/\s/g, '').matchAll(/[,-](\d+)/g)) checkLength(+width!);
}

/** In how many ways so many characters can be shared among so many parts. */
function waysToShare(characters: number, parts: number): number {
  let ways = 1;
  for (let part = 1; part <= parts && Number.isFinite(ways); part++) {
    ways *= (characters + part) / part;
  }
  return ways;
}
