/**
 * Checks of one JSONata expression: that it parses, and that it refers only to what it can see.
 * Codes and wording as AWS reports them.
 */
import { type Analysis, analyze } from '../expression-analysis.ts';
import type { Report, Spot } from './report.ts';

/** Members of `$states` that an expression may read beyond `input` and `context`. */
export type StatesMember = 'result' | 'errorOutput';

export function checkExpression(
  report: Report,
  spot: Spot,
  source: string,
  available: readonly StatesMember[],
): void {
  const analysis = analyze(source);
  if ('syntaxError' in analysis) {
    report.error(spot, analysis.syntaxError, 'INVALID_JSONATA_EXPRESSION');
    return;
  }
  const problem = scopeProblem(analysis, available);
  if (problem) report.error(spot, problem, 'UNSUPPORTED_JSONATA_EXPRESSION');
}

function scopeProblem(analysis: Analysis, available: readonly string[]): string | undefined {
  const [name] = analysis.topLevelNames;
  if (analysis.usesRoot) return "Reference to '$$' is not supported.";
  if (name !== undefined) return `Reference to '${name}' at the top level is not supported.`;
  const known = ['input', 'context', ...available];
  const unknown = analysis.statesMembers.find((one) => !known.includes(one));
  return unknown === undefined ? undefined : `Field '$states.${unknown}' does not exist.`;
}
