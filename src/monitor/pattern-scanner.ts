/** Reads the text of a filter pattern from left to right. */

/** Why a text is no pattern. */
export interface Problem {
  readonly problem: string;
}

class Stop extends Error {}

export class Scanner {
  static readonly Stop = Stop;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): boolean {
    this.#blanks();
    return this.#at === this.#text.length;
  }

  /** Takes the text if it comes next, blanks aside. */
  take(text: string): boolean {
    this.#blanks();
    return this.takeClose(text);
  }

  /** The same without blanks in between. */
  takeClose(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.stop(`'${text}' is missing`);
  }

  peek(pattern: RegExp): boolean {
    this.#blanks();
    return pattern.test(this.#text[this.#at] ?? '');
  }

  /** A whole word, whatever its case. */
  word(word: string): boolean {
    this.#blanks();
    const next = this.#text.slice(this.#at, this.#at + word.length);
    const behind = this.#text[this.#at + word.length] ?? ' ';
    if (next.toUpperCase() !== word || /\w/.test(behind)) return false;
    this.#at += word.length;
    return true;
  }

  /** Everything up to the next character that matches, which stays. */
  until(stop: RegExp): string {
    this.#blanks();
    const start = this.#at;
    while (this.#at < this.#text.length && !stop.test(this.#text[this.#at]!)) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  /** What stands in quotes, or undefined where no quote comes next. */
  quoted(quote = '"'): string | undefined {
    if (!this.take(quote)) return undefined;
    let value = '';
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw this.stop('a quote is not closed');
      this.#at += 1;
      if (c === quote) return value;
      if (c === '\\' && this.#at < this.#text.length) value += this.#text[this.#at++];
      else value += c;
    }
  }

  /** What stands between percent signs, or undefined. */
  regex(): string | undefined {
    if (!this.take('%')) return undefined;
    const close = this.#text.indexOf('%', this.#at);
    if (close < 0) throw this.stop('a regular expression is not closed');
    const text = this.#text.slice(this.#at, close);
    this.#at = close + 1;
    return text;
  }

  stop(why: string): Stop {
    return new Stop(`${why} at character ${this.#at + 1}`);
  }

  #blanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }
}
