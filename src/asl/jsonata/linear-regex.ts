/**
 * The regular expression engine that JSONata is given: linear in the text, so that no pattern can
 * stall the process, and counted by the characters that it has read, which for many matches in one
 * text can be all of them each time. It has no look-around and no back-references; using one is an
 * error.
 */
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import type { Budget } from './budget.ts';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};
const COMPILED_MAX = 500;
/** Instructions of a pattern that it may go through for one character. */
const INSTRUCTIONS_PER_VISIT = 4;
/** Characters that a search passes over while a pattern reads one. */
const SEARCHED_PER_READ = 16;

const compiled = new LRUCache<string, RE2JS>({ max: COMPILED_MAX });

function compile({ source, flags }: RegExp): RE2JS {
  const key = `${flags}/${source}`;
  let pattern = compiled.get(key);
  if (!pattern) {
    let bits = 0;
    for (const flag of flags) bits |= FLAGS[flag] ?? 0;
    pattern = RE2JS.compile(RE2JS.translateRegExp(source), bits);
    compiled.set(key, pattern);
  }
  return pattern;
}

/** A text that counts how many of its characters are read. */
class CountedText extends String {
  readonly #text: string;
  read = 0;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  override charCodeAt(index: number): number {
    this.read += 1;
    return this.#text.charCodeAt(index);
  }

  override indexOf(part: string, from = 0): number {
    const index = this.#text.indexOf(part, from);
    this.read += ((index < 0 ? this.#text.length : index) - from) / SEARCHED_PER_READ;
    return index;
  }
}

/** The part of RegExp that JSONata uses. */
export class LinearRegex {
  lastIndex = 0;
  readonly source: string;
  readonly #pattern: RE2JS;
  readonly #budget: Budget;
  /** What reading a character costs. */
  readonly #visits: number;

  constructor(regex: RegExp, budget: Budget) {
    this.source = regex.source;
    this.#pattern = compile(regex);
    this.#budget = budget;
    const instructions = this.#pattern.programSize();
    this.#visits = Math.max(1, instructions / INSTRUCTIONS_PER_VISIT);
    budget.visit(instructions);
  }

  /** The first match from lastIndex on, which then moves behind it. */
  exec(text: string): RegExpExecArray | null {
    this.#budget.requireVisits((text.length - this.lastIndex) * this.#visits);
    const counted = new CountedText(text);
    const matcher = this.#pattern.matcher(counted as unknown as string);
    const found = this.lastIndex <= text.length && matcher.find(this.lastIndex);
    this.#budget.spend(1);
    this.#budget.visit(counted.read * this.#visits);
    if (!found) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i));
    this.lastIndex = matcher.end();
    const match = groups.map((group) => group ?? undefined) as string[];
    return Object.assign(match, { index: matcher.start(), input: text }) as RegExpExecArray;
  }
}
