/**
 * Names of state machines, executions and activities. Rule: CreateStateMachine, "name": no white
 * space, brackets, wildcards, special or control characters.
 */
import { invalidName, invalidRoleArn } from './faults.ts';

const FORBIDDEN =
  /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff\u{10ffff}]/u;
const ROLE = /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/;

/** Length is the model's business. */
export function checkName(name: string): string {
  if (FORBIDDEN.test(name)) throw invalidName(name);
  return name;
}

export function checkRoleArn(arn: string): string {
  if (!ROLE.test(arn)) throw invalidRoleArn(arn);
  return arn;
}
