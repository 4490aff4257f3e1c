/** Checks of a Task's Resource and Credentials. */
import type { Json, JsonObject } from '../../ground/json.ts';
import { isOffered } from '../integrations.ts';
import { expressionSource } from '../jsonata.ts';
import type { Node } from '../parse.ts';
import type { QueryLanguage } from '../query-language.ts';
import { parseResource, type Resource } from '../resource.ts';
import type { Context } from './context.ts';
import { has, member, type Spot } from './report.ts';
import { isObject } from './shape.ts';
import { template } from './template.ts';
import { type Check, text } from './value.ts';

export const resource: Check = (spot, context) => {
  if (spot.node.kind !== 'string') {
    text(spot, context);
    return;
  }
  const arn = spot.node.value;
  if (!arn.startsWith('arn:')) {
    context.report.error(spot, 'Value is not a valid resource ARN');
    return;
  }
  const parsed = parseResource(arn);
  const offered = parsed && isOffered(parsed) && (context.services?.offers(parsed) ?? true);
  if (parsed && offered) checkExpress(spot, parsed, context);
  else {
    context.report.error(
      spot,
      `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or ` +
        'the resource is not available in this region.',
    );
  }
};

function checkExpress(spot: Spot, { kind, pattern }: Resource, context: Context): void {
  const { report } = context;
  if (context.machineType !== 'EXPRESS') return;
  if (kind === 'activity')
    report.error(spot, 'Express state machine does not support Activity ARN');
  // The blank at the end of the callback's text is AWS's (recorded).
  if (pattern === 'waitForTaskToken') {
    report.error(
      spot,
      "Express state machine does not support '.waitForTaskToken' service integration ",
    );
  } else if (pattern !== 'requestResponse') {
    report.error(spot, "Express state machine does not support '.sync' service integration");
  }
}

export const credentials: Check = (spot, context) => {
  if (isObject(context.report, spot)) template(spot, context);
};

/** Rules that depend on what the Task calls. */
export function checkCredentials(state: Spot, arn: string, { report }: Context): void {
  const spot = member(state, 'Credentials');
  const kind = parseResource(arn)?.kind;
  if (spot?.node.kind !== 'object' || kind === undefined) return;
  if (kind === 'activity') {
    report.error(spot, "The field 'Credentials' is not supported for activities");
  } else if (!has(spot, 'RoleArn') && !has(spot, 'RoleArn.$') && !arn.includes(':swf:')) {
    report.error(spot, "The field 'RoleArn' is required but was missing");
  }
}

/** What the Task sends must be what the operation takes, as far as the definition tells. */
export function checkRequest(
  state: Spot,
  arn: string,
  { report, services, language }: Context,
): void {
  const spot = member(state, language === 'JSONata' ? 'Arguments' : 'Parameters');
  const parsed = parseResource(arn);
  if (!services || !parsed || spot?.node.kind !== 'object') return;
  const given = settled(spot.node, language) as JsonObject;
  for (const problem of services.problems(parsed, given)) report.error(spot, problem);
}

/** The value, with null for what an execution will fill in. */
function settled(node: Node, language: QueryLanguage): Json {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(
        node.members.map(({ key, node: part }) =>
          language === 'JSONPath' && key.endsWith('.$')
            ? [key.slice(0, -2), null]
            : [key, settled(part, language)],
        ),
      );
    case 'array':
      return node.items.map((item) => settled(item, language));
    case 'string':
      return language === 'JSONata' && expressionSource(node.value) !== undefined
        ? null
        : node.value;
    default:
      return node.value;
  }
}
