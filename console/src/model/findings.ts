/** What the checks of a definition found, with the place in the text for the editor. */
import type { Diagnostic } from '../../../src/asl/validate.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly location: string;
  /** Offsets into the text: from the place that is meant to the end of its word. */
  readonly from: number;
  readonly to: number;
}

export function findingsOf(text: string, diagnostics: readonly Diagnostic[]): Finding[] {
  const lines = text.split('\n');
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  return diagnostics.map((diagnostic) => {
    const line = Math.min(lines.length, Math.max(1, diagnostic.line ?? 1)) - 1;
    const column = Math.max(1, diagnostic.column ?? 1) - 1;
    const from = Math.min(text.length, starts[line]! + column);
    return {
      severity: diagnostic.severity === 'ERROR' ? ('error' as const) : ('warning' as const),
      message: short(diagnostic),
      location: diagnostic.location?.startsWith('/') ? diagnostic.location : '',
      from,
      to: Math.min(text.length, from + wordLength(text, from)),
    };
  });
}

/** AWS quotes the whole text in a parse error; the place in it says as much. */
function short({ message, line, column }: Diagnostic): string {
  const at = message.indexOf('\n at [Source: ');
  if (at < 0) return message;
  const text = message.slice(0, at).replace(/ \(start marker at \[Source: .*\]\)$/s, '');
  return `${text} (line ${line}, column ${column})`;
}

/** A whole string literal, or up to the next delimiter; at least one character. */
function wordLength(text: string, from: number): number {
  const rest = text.slice(from, from + 200);
  const literal = /^"(?:[^"\\\n]|\\.)*"/.exec(rest)?.[0];
  return Math.max(1, (literal ?? /^[^\s,\]}]*/.exec(rest)![0]).length);
}
