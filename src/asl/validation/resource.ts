/** Checks of a Task's Resource and Credentials. */
import { isOffered } from '../integrations.ts';
import { parseResource, type Resource } from '../resource.ts';
import type { Context } from './context.ts';
import { has, type Spot } from './report.ts';
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
  if (parsed && isOffered(parsed)) checkExpress(spot, parsed, context);
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
  const { report } = context;
  if (!isObject(report, spot)) return;
  if (has(spot, 'RoleArn') || has(spot, 'RoleArn.$')) template(spot, context);
  else report.error(spot, "The field 'RoleArn' is required but was missing");
};

/** An activity's workers act with their own rights. */
export function checkActivityCredentials(state: Spot, arn: string, { report }: Context): void {
  if (has(state, 'Credentials') && parseResource(arn)?.kind === 'activity') {
    report.error(
      { ...state, location: `${state.location}/Credentials` },
      "The field 'Credentials' is not supported for activities",
    );
  }
}
