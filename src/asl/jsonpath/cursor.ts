/** A reading position in the text of a path. */
import { PathSyntaxError } from './syntax.ts';

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

  fail(message: string): never {
    throw new PathSyntaxError(message);
  }
}
