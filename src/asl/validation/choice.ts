/** Checks of a Choice state's rules. */
import type { Context } from './context.ts';
import { singlePath } from './path.ts';
import { has, items, member, members, type Spot } from './report.ts';
import { exactlyOne, isList, isObject, requireAll, unsupported } from './shape.ts';
import { objectTemplate, template } from './template.ts';
import { timestamp } from './timestamp.ts';
import { type Check, flag, orExpression, text } from './value.ts';

const ORDERINGS = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];

const number: Check = (spot, { report }) => {
  if (spot.node.kind !== 'number') report.error(spot, 'Expected value of type [NUMBER]');
};

const OPERATORS: Readonly<Record<string, Check>> = Object.fromEntries([
  ...family('String', ORDERINGS, text),
  ['StringMatches', text] as const,
  ...family('Numeric', ORDERINGS, number),
  ...family('Boolean', ['Equals'], flag),
  ...family('Timestamp', ORDERINGS, timestamp),
  ...['Null', 'Present', 'Numeric', 'String', 'Boolean', 'Timestamp'].map(
    (kind) => [`Is${kind}`, flag] as const,
  ),
]);

function family(
  type: string,
  names: readonly string[],
  check: Check,
): (readonly [string, Check])[] {
  return names.flatMap((name) => [
    [`${type}${name}`, check],
    [`${type}${name}Path`, singlePath],
  ]);
}

const SELECTORS: readonly string[] = ['And', 'Or', 'Not', 'Variable', 'Condition'];
const JSONPATH_ONLY: readonly string[] = ['And', 'Or', 'Not', 'Variable'];

export const choices: Check = (spot, context) => {
  if (!isList(context.report, spot)) return;
  for (const rule of items(spot)) {
    if (!isObject(context.report, rule)) continue;
    requireAll(context.report, rule, ['Next']);
    checkRule(rule, context, true);
  }
};

/** `top`: the rule itself and not one inside And, Or or Not. */
function checkRule(rule: Spot, context: Context, top: boolean): void {
  const { report } = context;
  const selectors = SELECTORS.filter((name) => has(rule, name));
  if (selectors.length !== 1) {
    report.error(
      rule,
      `The object must have only one of the following fields, [${SELECTORS.join(', ')}]`,
    );
    return;
  }
  if (!checkLanguage(rule, selectors[0]!, context)) return;
  if (has(rule, 'Variable')) exactlyOne(report, rule, operatorsOf(rule));
  for (const { key, spot: value } of members(rule)) checkMember(rule, key, value, context, top);
}

/** The operators that are there; where there is none, all that could be. */
function operatorsOf(rule: Spot): string[] {
  const present = Object.keys(OPERATORS).filter((name) => has(rule, name));
  return present.length > 0 ? present : Object.keys(OPERATORS);
}

function checkLanguage(rule: Spot, selector: string, context: Context): boolean {
  const only = JSONPATH_ONLY.includes(selector) ? 'JSONPath' : 'JSONata';
  if (only === context.language) return true;
  context.report.error(
    rule,
    `The QueryLanguage is set to '${context.language}', but field '${selector}' is only ` +
      `supported for the '${only}' QueryLanguage`,
  );
  return false;
}

function checkMember(rule: Spot, key: string, value: Spot, context: Context, top: boolean): void {
  if (key === 'And' || key === 'Or') nestedList(value, context);
  else if (key === 'Not') nested(value, context);
  else if (key === 'Variable') singlePath(value, context);
  else if (key === 'Condition') orExpression(flag)(value, context);
  else if (key === 'Comment') text(value, context);
  else if (has(rule, 'Variable') && Object.hasOwn(OPERATORS, key)) OPERATORS[key]!(value, context);
  else if (top && key === 'Next') text(value, context);
  else if (top && key === 'Assign') objectTemplate(value, context);
  else if (top && key === 'Output' && context.language === 'JSONata') template(value, context);
  else unsupported(context.report, { ...rule, node: value.node }, key);
}

function nestedList(spot: Spot, context: Context): void {
  if (!isList(context.report, spot)) return;
  for (const rule of items(spot)) nested(rule, context);
}

function nested(rule: Spot, context: Context): void {
  if (isObject(context.report, rule)) checkRule(rule, context, false);
}

/** The location of a rule's target, for the check of transitions. */
export function ruleTargets(state: Spot): Spot[] {
  const rules = member(state, 'Choices');
  return rules ? items(rules).flatMap((rule) => member(rule, 'Next') ?? []) : [];
}
