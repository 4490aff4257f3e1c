/** The last bytes of one invocation's log, as LogType Tail answers them. */
import { LOG_TAIL_BYTES } from '../../function/limits.ts';

export class LogTail {
  #texts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length <= 4 * LOG_TAIL_BYTES) return;
    // UTF-8 is never shorter than the text, so this many characters are always enough.
    this.#texts = [this.#texts.join('').slice(-LOG_TAIL_BYTES)];
    this.#length = LOG_TAIL_BYTES;
  }

  get text(): string {
    const bytes = Buffer.from(this.#texts.join(''), 'utf8');
    return bytes.subarray(Math.max(0, bytes.length - LOG_TAIL_BYTES)).toString('utf8');
  }
}
