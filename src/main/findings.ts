/** A finding as people read it: file:line:column, what is wrong, and the line it is in. */
import type { Finding } from './definition-file.ts';

const LINE_SHOWN_MAX = 120;

export function showFinding(file: string, source: string, finding: Finding): string {
  const { severity, code, message, location, line, column } = finding;
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  // The rest of a parse error's message repeats the text.
  const [first] = message.split('\n at [Source');
  const path = location?.startsWith('/') ? `  (at ${location})` : '';
  const head = `${place}  ${severity.toLowerCase()}  ${code}: ${first}${path}`;
  if (line === undefined || column === undefined) return head;
  return `${head}\n${excerpt(source, line, column)}`;
}

function excerpt(source: string, line: number, column: number): string {
  const text = (source.split('\n')[line - 1] ?? '').replace(/\r$/, '');
  const from = column > LINE_SHOWN_MAX - 20 ? column - LINE_SHOWN_MAX / 2 : 0;
  const shown = text.slice(from, from + LINE_SHOWN_MAX).replaceAll('\t', ' ');
  const gutter = String(line).padStart(5);
  return `${gutter} | ${shown}\n${' '.repeat(5)} | ${' '.repeat(column - 1 - from)}^`;
}
