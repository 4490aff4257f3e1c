/**
 * Bytes that arrive in pieces of any size, read as lines, as counted runs or as they came. Nothing
 * is read ahead: one piece is held, and the next is asked for when it is used up.
 */
const LF = 10;
const CR = 13;

export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** At most `sizeBytesMax` of what comes next, without copying; undefined at the end. */
  async some(sizeBytesMax: number): Promise<Uint8Array | undefined> {
    if (!(await this.#filled())) return undefined;
    const end = Math.min(this.#piece.length, this.#at + sizeBytesMax);
    const part = this.#piece.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** Exactly so many bytes; undefined where the source ends before. */
  async exactly(sizeBytes: number): Promise<Uint8Array | undefined> {
    const first = sizeBytes === 0 ? new Uint8Array(0) : await this.some(sizeBytes);
    if (!first || first.length === sizeBytes) return first;
    const whole = new Uint8Array(sizeBytes);
    whole.set(first);
    for (let filled = first.length; filled < sizeBytes; ) {
      const part = await this.some(sizeBytes - filled);
      if (!part) return undefined;
      whole.set(part, filled);
      filled += part.length;
    }
    return whole;
  }

  /**
   * The next line without its LF and the CR before it. Undefined where the source ends before the
   * LF, or where there is none within `sizeBytesMax`.
   */
  async line(sizeBytesMax: number): Promise<string | undefined> {
    let text = '';
    while (text.length <= sizeBytesMax && (await this.#filled())) {
      const end = this.#piece.indexOf(LF, this.#at);
      const upTo = end < 0 ? this.#piece.length : end;
      if (text.length + upTo - this.#at > sizeBytesMax + 1) return undefined;
      for (; this.#at < upTo; this.#at++) text += String.fromCharCode(this.#piece[this.#at]!);
      if (end < 0) continue;
      this.#at++;
      return text.charCodeAt(text.length - 1) === CR ? text.slice(0, -1) : text;
    }
    return undefined;
  }

  /** True where nothing is left. */
  async atEnd(): Promise<boolean> {
    return !(await this.#filled());
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#at = this.#piece.length;
    await this.#pieces.return?.();
  }

  async #filled(): Promise<boolean> {
    while (this.#at >= this.#piece.length) {
      if (this.#ended) return false;
      const next = await this.#pieces.next();
      if (next.done) this.#ended = true;
      else {
        this.#piece = next.value;
        this.#at = 0;
      }
    }
    return true;
  }
}
