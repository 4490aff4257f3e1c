/**
 * Checks of one `States` block, and the blocks inside it: states, names, transitions,
 * reachability. A transition may not leave its block.
 */
import { STATE_NAME_LENGTH_MAX } from '../limits.ts';
import { ruleTargets } from './choice.ts';
import type { Context } from './context.ts';
import { processorConfig } from './map.ts';
import { has, items, member, members, type Spot, textOf } from './report.ts';
import { isList, isObject, onlyKnown, requireAll } from './shape.ts';
import { checkState, languageOf, typeOf } from './state.ts';
import { text } from './value.ts';
import { assignedNames, checkAssignedNames } from './variables.ts';

/** What is unique in a whole machine. */
export interface Names {
  readonly states: Set<string>;
  readonly labels: Set<string>;
}

/** Checks a block's states and all blocks below, then this block's transitions. */
export function checkFlow(
  flow: Spot,
  context: Context,
  names: Names,
  outer: ReadonlySet<string>,
  top: boolean,
): void {
  const { report } = context;
  const startAt = member(flow, 'StartAt');
  if (startAt) text(startAt, context);
  const states = member(flow, 'States');
  if (!states || !isObject(report, states)) return;
  if (members(states).length === 0) report.error(states, 'Value cannot be empty');
  const inner = new Set([...outer, ...scopeNames(states, context)]);
  for (const { key, spot } of members(states)) {
    checkName(key, spot, context, names);
    checkState(spot, context);
    checkLabel(spot, context, names);
    checkAssignedNames(report, spot, languageOf(spot, context.machineLanguage), outer);
    checkInner(spot, context, names, inner);
  }
  checkTransitions(flow, states, context, top);
}

function scopeNames(states: Spot, context: Context): string[] {
  return members(states).flatMap(({ spot }) =>
    assignedNames(spot, languageOf(spot, context.machineLanguage)),
  );
}

function checkName(name: string, state: Spot, { report }: Context, names: Names): void {
  if (name.length > STATE_NAME_LENGTH_MAX) {
    const limit = `exceeds the ${STATE_NAME_LENGTH_MAX}-character limit allowed by the service`;
    report.error(state, `Invalid State name: '${name}' ${limit}`, 'INVALID_STATE_NAME');
  }
  if (names.states.has(name)) {
    report.error(state, `Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
  }
  names.states.add(name);
}

function checkLabel(state: Spot, { report }: Context, { labels }: Names): void {
  const label = textOf(state, 'Label');
  if (label === undefined || typeOf(state) !== 'Map') return;
  if (labels.has(label)) {
    const spot = member(state, 'Label')!;
    report.error(spot, `Duplicate Label name: ${label}`, 'DUPLICATE_LABEL_NAME');
  }
  labels.add(label);
}

function checkInner(state: Spot, context: Context, names: Names, outer: Set<string>): void {
  const type = typeOf(state);
  const branches = member(state, 'Branches');
  if (type === 'Parallel' && branches && isList(context.report, branches)) {
    for (const branch of items(branches)) {
      checkBlock(branch, ['Comment', 'StartAt', 'States'], context, names, outer);
    }
  }
  if (type !== 'Map') return;
  for (const field of ['ItemProcessor', 'Iterator']) {
    const processor = member(state, field);
    if (processor) checkProcessor(processor, context, names, outer);
  }
}

/** The children of a distributed Map do not see the variables around it. */
function checkProcessor(spot: Spot, context: Context, names: Names, outer: Set<string>): void {
  const config = member(spot, 'ProcessorConfig');
  if (config) processorConfig(config, context);
  const distributed = config !== undefined && textOf(config, 'Mode') === 'DISTRIBUTED';
  const known = ['Comment', 'ProcessorConfig', 'StartAt', 'States'];
  const inner = distributed ? { ...context, ownExecutions: true } : context;
  checkBlock(spot, known, inner, names, distributed ? new Set() : outer);
}

function checkBlock(
  spot: Spot,
  known: readonly string[],
  context: Context,
  names: Names,
  outer: ReadonlySet<string>,
): void {
  if (!isObject(context.report, spot)) return;
  onlyKnown(context.report, spot, known);
  if (requireAll(context.report, spot, ['StartAt', 'States'])) {
    checkFlow(spot, context, names, outer, false);
  }
}

function targetsOf(state: Spot): Spot[] {
  const type = typeOf(state);
  if (type === 'Choice') {
    const fallback = member(state, 'Default');
    return [...ruleTargets(state), ...(fallback ? [fallback] : [])];
  }
  const catchers = member(state, 'Catch');
  const next = member(state, 'Next');
  const caught = catchers ? items(catchers).flatMap((one) => member(one, 'Next') ?? []) : [];
  return [...(next ? [next] : []), ...caught];
}

function checkTransitions(flow: Spot, states: Spot, context: Context, top: boolean): void {
  const { report } = context;
  const all = new Map(members(states).map(({ key, spot }) => [key, spot]));
  const startAt = member(flow, 'StartAt');
  const starts = startAt ? [startAt] : [];
  for (const target of [...starts, ...[...all.values()].flatMap(targetsOf)]) {
    if (target.node.kind === 'string' && !all.has(target.node.value)) {
      report.error(
        target,
        `Missing 'Next' target: ${target.node.value}`,
        'MISSING_TRANSITION_TARGET',
      );
    }
  }
  if (top && ![...all.values()].some(isTerminal)) {
    report.general('Workflow has no terminal state', 'MISSING_END_STATE');
    return;
  }
  const reached = reachable(starts, all);
  for (const [name, state] of all) {
    if (!reached.has(name)) {
      report.error(state, `State "${name}" is not reachable.`, 'MISSING_TRANSITION_TARGET');
    }
  }
}

function isTerminal(state: Spot): boolean {
  const type = typeOf(state);
  return type === 'Succeed' || type === 'Fail' || has(state, 'End');
}

function reachable(starts: readonly Spot[], all: ReadonlyMap<string, Spot>): Set<string> {
  const reached = new Set<string>();
  const open = [...starts];
  for (let target = open.pop(); target; target = open.pop()) {
    const name = target.node.kind === 'string' ? target.node.value : '';
    const state = all.get(name);
    if (!state || reached.has(name)) continue;
    reached.add(name);
    open.push(...targetsOf(state));
  }
  return reached;
}
