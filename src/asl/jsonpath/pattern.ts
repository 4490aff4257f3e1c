/** Regular expressions of filters, on an engine that is linear in the text. */
import { RE2JS } from 're2js';
import type { Effort } from '../effort.ts';
import { PathSyntaxError } from './syntax.ts';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  s: RE2JS.DOTALL,
  m: RE2JS.MULTILINE,
};

/** Instructions of a pattern that it may go through for one character, in one step. */
const STEP_INSTRUCTIONS = 4;

export type Pattern = (text: string, effort: Effort) => boolean;

/** A test of whole texts, as Java's `matches`. Flags that change nothing here are passed over. */
export function compilePattern(source: string, flags: string): Pattern {
  let bits = 0;
  for (const flag of flags) bits |= FLAGS[flag] ?? 0;
  try {
    const pattern = RE2JS.compile(source, bits);
    const rate = Math.max(1, pattern.programSize() / STEP_INSTRUCTIONS);
    return (text, effort) => {
      effort.spend((text.length + 1) * rate);
      return pattern.matches(text);
    };
  } catch (error) {
    throw new PathSyntaxError(error instanceof Error ? error.message : String(error));
  }
}
