/** Checks of Retry and Catch. */
import { MAX_DELAY_SECONDS_MAX, SECONDS_MAX } from '../limits.ts';
import type { Context } from './context.ts';
import { resultPath } from './path.ts';
import { items, member, members, type Spot } from './report.ts';
import { isList, isObject, requireAll, unsupported } from './shape.ts';
import { objectTemplate, template } from './template.ts';
import { type Check, decimal, integer, oneOf, text } from './value.ts';

const RETRIER: Readonly<Record<string, Check>> = {
  Comment: text,
  ErrorEquals: errorEquals,
  IntervalSeconds: integer({ min: 1, max: SECONDS_MAX }),
  MaxAttempts: integer({ min: 0, max: SECONDS_MAX }),
  BackoffRate: decimal({ min: 1 }),
  MaxDelaySeconds: integer({ min: 1, max: MAX_DELAY_SECONDS_MAX }),
  JitterStrategy: oneOf('NONE', 'FULL'),
};

const CATCHER: Readonly<Record<string, Check>> = {
  Comment: text,
  ErrorEquals: errorEquals,
  Next: text,
  ResultPath: resultPath,
  Output: template,
  Assign: objectTemplate,
};

/** Catcher fields that only one language has. */
const CATCHER_LANGUAGE: Readonly<Record<string, string>> = {
  ResultPath: 'JSONPath',
  Output: 'JSONata',
};

export const retriers: Check = (spot, context) => handlers(spot, context, RETRIER, ['ErrorEquals']);

export const catchers: Check = (spot, context) => {
  const inner: Context = { ...context, available: ['errorOutput'] };
  handlers(spot, inner, CATCHER, ['ErrorEquals', 'Next']);
};

function handlers(
  spot: Spot,
  context: Context,
  fields: Readonly<Record<string, Check>>,
  required: readonly string[],
): void {
  const { report } = context;
  if (spot.node.kind !== 'array') {
    report.error(spot, 'Expected value of type [ARRAY]');
    return;
  }
  const all = items(spot);
  all.forEach((one, i) => {
    if (!isObject(report, one)) return;
    requireAll(report, one, required);
    for (const { key, spot: value } of members(one)) {
      if (Object.hasOwn(fields, key)) checkField(one, key, value, fields[key]!, context);
      else unsupported(report, { ...one, node: value.node }, key);
    }
    checkCatchAll(one, i === all.length - 1, context);
    checkDelay(one, context);
  });
}

function checkField(one: Spot, key: string, value: Spot, check: Check, context: Context): void {
  const only = fieldLanguage(key, check);
  if (only === undefined || only === context.language) check(value, context);
  else {
    context.report.error(
      one,
      `The QueryLanguage is set to '${context.language}', but field '${key}' is only supported ` +
        `for the '${only}' QueryLanguage`,
    );
  }
}

const fieldLanguage = (key: string, check: Check): string | undefined =>
  check === CATCHER[key] ? CATCHER_LANGUAGE[key] : undefined;

function errorEquals(spot: Spot, context: Context): void {
  if (!isList(context.report, spot)) return;
  for (const item of items(spot)) text(item, context);
}

/** Rule: Step Functions developer guide, "Retrying after an error". */
function checkDelay(retrier: Spot, { report }: Context): void {
  const interval = member(retrier, 'IntervalSeconds');
  const longest = member(retrier, 'MaxDelaySeconds');
  if (interval?.node.kind !== 'number' || longest?.node.kind !== 'number') return;
  if (longest.node.value <= interval.node.value) {
    report.error(longest, 'MaxDelaySeconds must be greater than IntervalSeconds');
  }
}

function checkCatchAll(one: Spot, last: boolean, { report }: Context): void {
  const names = member(one, 'ErrorEquals');
  if (names?.node.kind !== 'array') return;
  const all = names.node.items;
  if (!all.some((name) => name.kind === 'string' && name.value === 'States.ALL')) return;
  if (all.length > 1 || !last) {
    report.error(names, 'States.ALL must appear alone and at end of list');
  }
}
