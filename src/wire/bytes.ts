/** Bytes as UTF-8 and base64 text, with the host's fast routines where it has them. */
interface FastBytes {
  toString(encoding: 'base64'): string;
}
interface FastBuffer {
  from(text: string, encoding: 'base64'): Uint8Array;
  from(memory: ArrayBufferLike, offset: number, length: number): FastBytes;
}

const fast = (globalThis as { Buffer?: FastBuffer }).Buffer;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text, or undefined where the bytes are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes, or undefined where the text is not base64. White space is allowed. */
export function fromBase64(text: string): Uint8Array | undefined {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  const digits = compact.length - (compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0);
  if (digits % 4 === 1) return undefined;
  if (fast) {
    const bytes = fast.from(compact, 'base64');
    return bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
  }
  try {
    return Uint8Array.from(atob(compact), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function toBase64(bytes: Uint8Array): string {
  if (fast) return fast.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
