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
