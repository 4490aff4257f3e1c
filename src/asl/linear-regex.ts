/**
 * The regular expression engine that JSONata is given: linear in the text, so that no pattern can
 * stall the process. It has no look-around and no back-references; using one is an error.
 */
import { RE2JS } from 're2js';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** The part of RegExp that JSONata uses. */
export class LinearRegex {
  lastIndex = 0;
  readonly source: string;
  readonly #pattern: RE2JS;

  constructor(regex: RegExp) {
    let bits = 0;
    for (const flag of regex.flags) bits |= FLAGS[flag] ?? 0;
    this.source = regex.source;
    this.#pattern = RE2JS.compile(RE2JS.translateRegExp(regex.source), bits);
  }

  /** The first match from lastIndex on, which then moves behind it. */
  exec(text: string): RegExpExecArray | null {
    const matcher = this.#pattern.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i));
    this.lastIndex = matcher.end();
    const found = groups.map((group) => group ?? undefined) as string[];
    return Object.assign(found, { index: matcher.start(), input: text }) as RegExpExecArray;
  }
}
