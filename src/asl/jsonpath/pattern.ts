/** Regular expressions of filters, on an engine that is linear in the text. */
import { RE2JS } from 're2js';
import { PathSyntaxError } from './syntax.ts';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  s: RE2JS.DOTALL,
  m: RE2JS.MULTILINE,
};

/** A test of whole texts, as Java's `matches`. Flags that change nothing here are passed over. */
export function compilePattern(source: string, flags: string): (text: string) => boolean {
  let bits = 0;
  for (const flag of flags) bits |= FLAGS[flag] ?? 0;
  try {
    const pattern = RE2JS.compile(source, bits);
    return (text) => pattern.matches(text);
  } catch (error) {
    throw new PathSyntaxError(error instanceof Error ? error.message : String(error));
  }
}
