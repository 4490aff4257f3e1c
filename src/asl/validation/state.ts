/** Checks of one state: its type, its fields, their language and their values. */

import type { StateType } from '../machine.ts';
import type { QueryLanguage } from '../query-language.ts';
import type { Context } from './context.ts';
import { EXCLUSIVE, fieldOf, ONE_OF, REQUIRED, STATE_TYPES } from './fields.ts';
import { has, member, members, type Spot, textOf } from './report.ts';
import { checkCredentials, checkRequest } from './resource.ts';
import { atMostOne, exactlyOne, isObject, requireAll, unsupported } from './shape.ts';

/** Fields that AWS reports before other unknown ones, in its order (measured). */
const REPORTED_FIRST: readonly string[] = ['TimeoutSeconds', 'Catch', 'Retry'];

/** States whose expressions may read `$states.result` in Output and Assign. */
const WITH_RESULT: readonly string[] = ['Task', 'Parallel', 'Map'];

/** Measured: only exactly `JSONPath` means JSONPath; any other value that is present is JSONata. */
export function languageOf(spot: Spot, inherited: QueryLanguage): QueryLanguage {
  const field = member(spot, 'QueryLanguage');
  if (!field) return inherited;
  return field.node.kind === 'string' && field.node.value === 'JSONPath' ? 'JSONPath' : 'JSONata';
}

/** The state's type where it has a known one. */
export function typeOf(state: Spot): StateType | undefined {
  const type = textOf(state, 'Type');
  return STATE_TYPES.find((one) => one === type);
}

export function checkState(state: Spot, machine: Context): void {
  const { report } = machine;
  if (!isObject(report, state)) return;
  const context = { ...machine, language: languageOf(state, machine.machineLanguage) };
  const type = typeOf(state);
  if (type === undefined) {
    checkType(state, context);
    return;
  }
  const downgraded =
    machine.machineLanguage === 'JSONata' &&
    context.language === 'JSONPath' &&
    !machine.ownExecutions;
  if (downgraded) {
    report.error(
      state,
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    );
  }
  checkPresence(state, type, context, downgraded);
  checkValues(state, type, context);
}

function checkType(state: Spot, { report }: Context): void {
  const type = member(state, 'Type');
  if (!type) requireAll(report, state, ['Type']);
  else {
    report.error(
      type,
      `The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`,
    );
  }
}

/** What is there and what is missing; all of it is reported at the state. */
function checkPresence(state: Spot, type: StateType, context: Context, downgraded: boolean): void {
  const { report } = context;
  const rank = (key: string): number => (REPORTED_FIRST.indexOf(key) + 99) % 99;
  const unknown = members(state).filter(({ key }) => fieldOf(type, key) === undefined);
  for (const { key, spot } of unknown.sort((a, b) => rank(a.key) - rank(b.key))) {
    unsupported(report, { ...state, node: spot.node }, key);
  }
  if (!downgraded) checkLanguage(state, type, context);
  requireAll(report, state, REQUIRED[type]);
  for (const group of ONE_OF[type]) {
    if (group.includes('End')) checkTransition(state, context);
    else exactlyOne(report, state, group);
  }
  for (const group of EXCLUSIVE[type]) atMostOne(report, state, group);
}

function checkLanguage(state: Spot, type: StateType, { report, language }: Context): void {
  for (const { key, spot } of members(state)) {
    const only = fieldOf(type, key)?.only;
    if (only === undefined || only === language) continue;
    report.error(
      { ...state, node: spot.node },
      `The QueryLanguage is set to '${language}', but field '${key}' is only supported for the ` +
        `'${only}' QueryLanguage`,
    );
  }
}

/** `End: false` is as good as no End. */
function checkTransition(state: Spot, { report }: Context): void {
  const end = member(state, 'End');
  const ends = end !== undefined && !(end.node.kind === 'boolean' && !end.node.value);
  if (ends && has(state, 'Next')) atMostOne(report, state, ['Next', 'End']);
  else if (!ends && !has(state, 'Next')) {
    report.error(state, 'This object should have only one of the following fields: [Next, End]');
  }
}

function checkValues(state: Spot, type: StateType, context: Context): void {
  const withResult: Context = WITH_RESULT.includes(type)
    ? { ...context, available: ['result'] }
    : context;
  for (const { key, spot } of members(state)) {
    const field = fieldOf(type, key);
    if (!field || (field.only !== undefined && field.only !== context.language)) continue;
    field.check(spot, key === 'Output' || key === 'Assign' ? withResult : context);
  }
  const { report } = context;
  const arn = textOf(state, 'Resource');
  if (type === 'Task' && arn !== undefined) {
    checkCredentials(state, arn, context);
    checkRequest(state, arn, context);
  }
  checkHeartbeat(state, report);
}

function checkHeartbeat(state: Spot, report: Context['report']): void {
  const heartbeat = member(state, 'HeartbeatSeconds');
  const timeout = member(state, 'TimeoutSeconds');
  if (heartbeat?.node.kind !== 'number' || timeout?.node.kind !== 'number') return;
  if (heartbeat.node.value >= timeout.node.value) {
    report.error(heartbeat, 'HeartbeatSeconds must be smaller than TimeoutSeconds');
  }
}
