/**
 * Text that every database keeps. NUL ends a text when SQLite's driver reads it and is refused by
 * PostgreSQL, so it travels as an escape that starts with U+FFFE, a code point that is no
 * character. Lossless; equality and order of ordinary texts stay as they are.
 */
const ESCAPE = '\ufffe';

export function escapeText(text: string): string {
  if (!text.includes('\0') && !text.includes(ESCAPE)) return text;
  return text.replaceAll(ESCAPE, `${ESCAPE}E`).replaceAll('\0', `${ESCAPE}0`);
}

export function unescapeText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replaceAll(`${ESCAPE}0`, '\0').replaceAll(`${ESCAPE}E`, ESCAPE);
}

const LAST_CODE_POINT = 0x10ffff;

/** Smallest text that is greater than every text with this prefix; nothing where there is none. */
export function prefixEnd(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = last.codePointAt(0)! + 1;
    // Surrogates are no characters.
    if (next === 0xd800) return `${points.join('')}\ue000`;
    if (next <= LAST_CODE_POINT) return points.join('') + String.fromCodePoint(next);
  }
  return undefined;
}

/** The order of texts in every database: that of their UTF-8 bytes. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
