/** Checks of single values: type, range, allowed words. Wording as AWS reports it. */
import { expressionSource } from '../jsonata.ts';
import type { Context } from './context.ts';
import { checkExpression } from './expression.ts';
import type { Spot } from './report.ts';

export type Check = (spot: Spot, context: Context) => void;

const MALFORMED_EXPRESSION = 'JSONata string must start with {% and end with %}';

/**
 * Handles a value that is an expression in a JSONata state; true where nothing else is to be said
 * about it.
 */
function isExpression({ node, location }: Spot, context: Context): boolean {
  if (context.language !== 'JSONata' || node.kind !== 'string') return false;
  const source = expressionSource(node.value);
  if (source !== undefined) {
    checkExpression(context.report, { node, location }, source, context.available);
    return true;
  }
  return checkBraces({ node, location }, context);
}

/** A text that opens or closes an expression without the other half is refused. */
export function checkBraces(spot: Spot, context: Context): boolean {
  if (spot.node.kind !== 'string') return false;
  const text = spot.node.value;
  const halfOpen = text.startsWith('{%') && !text.trimEnd().endsWith('%}');
  const halfClosed = text.endsWith('%}') && !text.trimStart().startsWith('{%');
  if (!halfOpen && !halfClosed) return false;
  context.report.error(spot, MALFORMED_EXPRESSION);
  return true;
}

export const anything: Check = () => {};

export const text: Check = (spot, { report }) => {
  if (spot.node.kind !== 'string') report.error(spot, 'Expected value of type [STRING]');
};

export const flag: Check = (spot, { report }) => {
  if (spot.node.kind !== 'boolean') report.error(spot, 'Expected value of type [BOOLEAN]');
};

/** A text or an expression. */
export const dynamicText: Check = (spot, context) => {
  if (!isExpression(spot, context)) text(spot, context);
};

export function oneOf(...words: readonly string[]): Check {
  return (spot, context) => {
    if (spot.node.kind !== 'string') text(spot, context);
    else if (!words.includes(spot.node.value)) {
      context.report.error(spot, `Value should be one of the following: [${words.join(', ')}]`);
    }
  };
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export function integer(range: Range): Check {
  return (spot, { report }) => {
    if (spot.node.kind !== 'number' || !Number.isInteger(spot.node.value)) {
      report.error(spot, 'Expected value of type Integer');
    } else checkRange(spot, spot.node.value, range, report);
  };
}

export function decimal(range: Range): Check {
  return (spot, { report }) => {
    if (spot.node.kind !== 'number') report.error(spot, 'Expected value of type Float');
    else checkRange(spot, spot.node.value, range, report);
  };
}

function checkRange(spot: Spot, value: number, range: Range, report: Context['report']): void {
  if (range.min !== undefined && value < range.min) {
    report.error(spot, `Minimum value is ${range.min}`);
  } else if (range.max !== undefined && value > range.max) {
    report.error(spot, `Maximum value is ${range.max}`);
  }
}

/** The literal check, or in a JSONata state an expression. */
export function orExpression(check: Check): Check {
  return (spot, context) => {
    if (!isExpression(spot, context)) check(spot, context);
  };
}
