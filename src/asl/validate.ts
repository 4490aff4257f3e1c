/**
 * Validation of a definition, as ValidateStateMachineDefinition, CreateStateMachine and
 * UpdateStateMachine do it: AWS's codes, locations, wording and order, and the place in the text.
 */

import type { KnownServices } from './integrations.ts';
import { SECONDS_MAX } from './limits.ts';
import { type Node, parseTree, placeOf } from './parse.ts';
import type { Context, MachineType } from './validation/context.ts';
import { findDuplicate } from './validation/duplicate.ts';
import { queryLanguage } from './validation/fields.ts';
import { checkFlow } from './validation/flow.ts';
import { type Diagnostic, member, Report, type Spot } from './validation/report.ts';
import { onlyKnown, requireAll } from './validation/shape.ts';
import { languageOf } from './validation/state.ts';
import { integer, oneOf, text } from './validation/value.ts';

export interface ValidationOptions {
  readonly type: MachineType;
  /** Default: nothing is known of them. */
  readonly services?: KnownServices | undefined;
}

export type { Diagnostic } from './validation/report.ts';

/** Errors first in AWS's order, warnings among them; no error means that `compile` will do. */
export function validateDefinition(
  definition: string,
  options: ValidationOptions,
): { readonly diagnostics: readonly Diagnostic[] } {
  if (definition.trim() === '') {
    const report = new Report(definition);
    report.general('Definition must be a valid JSON object');
    return report;
  }
  const parsed = parseTree(definition);
  if ('problem' in parsed) {
    const { message, location, offset } = parsed.problem;
    const place = placeOf(definition, offset);
    const code = 'INVALID_JSON_DESCRIPTION';
    return { diagnostics: [{ severity: 'ERROR', code, message, location, ...place }] };
  }
  return validateTree(parsed.tree, definition, options);
}

/** The same for a definition that was read already; `source` is the text its offsets count in. */
export function validateTree(
  tree: Node,
  source: string,
  options: ValidationOptions,
): { readonly diagnostics: readonly Diagnostic[] } {
  const report = new Report(source);
  if (tree.kind !== 'object') report.general('Definition must be a valid JSON object');
  else checkMachine({ node: tree, location: '' }, report, options);
  return report;
}

function checkMachine(spot: Spot, report: Report, { type, services }: ValidationOptions): void {
  const duplicate = findDuplicate(spot);
  if (duplicate) {
    report.error(duplicate.spot, `Duplicate field '${duplicate.key}'`, 'INVALID_JSON_DESCRIPTION');
    return;
  }
  if (!requireAll(report, spot, ['States', 'StartAt'])) return;
  const machineLanguage = languageOf(spot, 'JSONPath');
  const context: Context = {
    report,
    machineType: type,
    services,
    machineLanguage,
    language: machineLanguage,
    available: [],
    ownExecutions: false,
  };
  onlyKnown(report, spot, [
    'Comment',
    'QueryLanguage',
    'StartAt',
    'States',
    'TimeoutSeconds',
    'Version',
  ]);
  const checks = {
    Comment: text,
    QueryLanguage: queryLanguage,
    TimeoutSeconds: integer({ min: 0, max: SECONDS_MAX }),
    Version: oneOf('1.0'),
  };
  for (const [name, check] of Object.entries(checks)) {
    const field = member(spot, name);
    if (field) check(field, context);
  }
  checkFlow(spot, context, { states: new Set(), labels: new Set() }, new Set(), true);
}

/** The message of the InvalidDefinition error that creating or updating a machine answers with. */
export function invalidDefinitionMessage(diagnostics: readonly Diagnostic[]): string {
  const parts = diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
  return `Invalid State Machine Definition: '${parts.join(', ')}'`;
}
