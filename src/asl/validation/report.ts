/** Collecting diagnostics, and walking a definition with the location AWS gives each place. */
import type { Member, Node } from '../parse.ts';

export type Code =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'INVALID_JSON_DESCRIPTION'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME'
  | 'DUPLICATE_LABEL_NAME'
  | 'INVALID_LABEL_NAME'
  | 'INVALID_VARIABLE_NAME'
  | 'RESERVED_VARIABLE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION'
  | 'NO_DOLLAR'
  | 'PASS_RESULT_IS_STATIC';

export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: Code;
  readonly message: string;
  /** E.g. `/States/A/Next`; absent where the whole definition is meant. */
  readonly location?: string;
  /** Where it is in the text, from 1; absent where the whole definition is meant. */
  readonly line?: number;
  readonly column?: number;
}

/** A node with its location; the location of the document itself is the empty text. */
export interface Spot {
  readonly node: Node;
  readonly location: string;
}

export function member(spot: Spot, key: string): Spot | undefined {
  const found = entry(spot, key);
  return found && { node: found.node, location: `${spot.location}/${key}` };
}

export function members(spot: Spot): { readonly key: string; readonly spot: Spot }[] {
  if (spot.node.kind !== 'object') return [];
  return spot.node.members.map(({ key, node }) => ({
    key,
    spot: { node, location: `${spot.location}/${key}` },
  }));
}

export function items(spot: Spot): Spot[] {
  if (spot.node.kind !== 'array') return [];
  return spot.node.items.map((node, i) => ({ node, location: `${spot.location}[${i}]` }));
}

export function has(spot: Spot, key: string): boolean {
  return entry(spot, key) !== undefined;
}

/** The text of a string member, or undefined where it is absent or no string. */
export function textOf(spot: Spot, key: string): string | undefined {
  const node = entry(spot, key)?.node;
  return node?.kind === 'string' ? node.value : undefined;
}

/** Of equal keys the last counts, as when the text is read as JSON. */
function entry(spot: Spot, key: string): Member | undefined {
  if (spot.node.kind !== 'object') return undefined;
  return spot.node.members.findLast((one) => one.key === key);
}

export class Report {
  readonly diagnostics: Diagnostic[] = [];
  readonly #text: string;
  /** Offsets at which lines start; made when the first place is asked for. */
  #lines: number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  error(spot: Spot, message: string, code: Code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.#add('ERROR', code, message, spot);
  }

  warning(spot: Spot, message: string, code: Code): void {
    this.#add('WARNING', code, message, spot);
  }

  /** About the definition as a whole. */
  general(message: string, code: Code = 'SCHEMA_VALIDATION_FAILED'): void {
    this.diagnostics.push({ severity: 'ERROR', code, message });
  }

  #add(severity: Diagnostic['severity'], code: Code, message: string, spot: Spot): void {
    const place = this.#placeOf(spot.node.offset);
    this.diagnostics.push({ severity, code, message, location: spot.location || '/', ...place });
  }

  #placeOf(offset: number): { line: number; column: number } {
    this.#lines ??= lineStarts(this.#text);
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#lines[low]! + 1 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
