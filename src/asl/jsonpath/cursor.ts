/** A reading position in the text of a path. */
import { PathSyntaxError } from './syntax.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text[this.at] ?? '';
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.at);
  }

  take(prefix: string): boolean {
    if (!this.startsWith(prefix)) return false;
    this.at += prefix.length;
    return true;
  }

  skipBlanks(): void {
    while (this.char === ' ') this.at++;
  }

  /**
   * The text between the quote at the cursor and the next one like it, with escapes read: all, or
   * only those of the quote and of the backslash itself.
   */
  quoted(complaint: string, onlyOwn = false): string {
    const quote = this.char;
    let value = '';
    for (this.at++; this.char !== quote; this.at++) {
      if (this.done) this.fail(complaint);
      value += this.char === '\\' ? this.#escaped(onlyOwn ? quote : undefined) : this.char;
    }
    this.at++;
    return value;
  }

  /** As Java's escapes: letters for control characters, `\u` with four digits, else itself. */
  #escaped(quote: string | undefined): string {
    this.at++;
    if (quote !== undefined) {
      return this.char === quote || this.char === '\\' ? this.char : `\\${this.char}`;
    }
    const digits = /^u([0-9a-fA-F]{4})/.exec(this.text.slice(this.at, this.at + 5))?.[1];
    if (digits === undefined) return ESCAPES[this.char] ?? this.char;
    this.at += digits.length;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  fail(message: string): never {
    throw new PathSyntaxError(message);
  }
}
