/** Checks of payload templates (JSONPath) and of values with expressions (JSONata). */
import type { Context } from './context.ts';
import { looksLikePath, parse } from './path.ts';
import { items, members, type Spot } from './report.ts';
import { type Check, checkBraces, orExpression } from './value.ts';

/** A template of the state's language, of any JSON type. */
export const template: Check = (spot, context) => {
  if (context.language === 'JSONata') checkExpressions(spot, context);
  else checkTemplate(spot, spot, context);
};

/** A template that is an object, as Assign must be. */
export const objectTemplate: Check = (spot, context) => {
  if (spot.node.kind !== 'object') context.report.error(spot, 'Expected value of type [OBJECT]');
  else template(spot, context);
};

function checkExpressions(spot: Spot, context: Context): void {
  if (spot.node.kind === 'string') orExpression(checkBraces)(spot, context);
  for (const item of items(spot)) checkExpressions(item, context);
  for (const { spot: child } of members(spot)) checkExpressions(child, context);
}

/** AWS reports what is wrong inside a template at the field that holds the template. */
function checkTemplate(field: Spot, spot: Spot, context: Context): void {
  for (const item of items(spot)) checkTemplate(field, item, context);
  const children = members(spot);
  const names = new Set(children.map(({ key }) => key));
  for (const { key, spot: child } of children) {
    if (key.endsWith('.$')) checkPathKey(field, key, child, names, context);
    else {
      if (looksLikePath(child)) warnNoDollar(child, key, context);
      checkTemplate(field, child, context);
    }
  }
}

function checkPathKey(
  field: Spot,
  key: string,
  value: Spot,
  names: ReadonlySet<string>,
  { report }: Context,
): void {
  const at = { node: value.node, location: field.location };
  const bare = key.slice(0, -2);
  if (names.has(bare)) {
    report.error(at, `There should only be one of the following fields: [${bare}, ${key}]`);
  }
  if (value.node.kind === 'string' && parse(value.node.value)) return;
  report.error(
    at,
    `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`,
  );
}

function warnNoDollar(spot: Spot, key: string, { report }: Context): void {
  report.warning(
    spot,
    `The value of the field '${key}' looks like a JSONPath, but the name does not end in '.$', ` +
      'so the text itself is used',
    'NO_DOLLAR',
  );
}

/** Pass.Result is used as it stands. */
export const result: Check = (spot, { report }) => {
  if (hasPathKey(spot)) {
    report.warning(
      spot,
      "The field 'Result' is static: paths and intrinsic function calls in it are not evaluated",
      'PASS_RESULT_IS_STATIC',
    );
  }
};

function hasPathKey(spot: Spot): boolean {
  return (
    members(spot).some(
      ({ key, spot: child }) => (key.endsWith('.$') && looksLikePath(child)) || hasPathKey(child),
    ) || items(spot).some(hasPathKey)
  );
}
