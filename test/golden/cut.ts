/** Cuts golden journals: plays scenarios against the code as it is and notes everything. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemTools } from '../../src/edge/system.ts';
import { countsOf, decideMapRun, newMapRun } from '../../src/execution/maprun.ts';
import type { MapRunOrder } from '../../src/execution/maprun-order.ts';
import type { ExecutionFacts } from '../../src/execution/state.ts';
import { traceId } from '../../src/ground/id.ts';
import type { Instant } from '../../src/ground/time.ts';
import { packRecords } from '../../src/store/executions/journal.ts';
import {
  decideOptions,
  endOf,
  FOLDER,
  type GoldenMapRun,
  inputsOf,
  type Journal,
  machineOf,
  plain,
  viewsOf,
} from './journal.ts';
import { Playing, type Scenario } from './play.ts';
import { SCENARIOS } from './scenarios/list.ts';

const ARN = 'arn:aws:states:eu-central-1:123456789012';
const STARTED_AT: Instant = Date.UTC(2026, 2, 14, 9, 26, 53, 589);
const BETWEEN_STEPS_MS = 7;

function factsOf({ name, facts }: Scenario): ExecutionFacts {
  return {
    id: 41,
    arn: `${ARN}:execution:Orders:${name}`,
    name,
    machineArn: `${ARN}:stateMachine:Orders`,
    machineName: 'Orders',
    roleArn: 'arn:aws:iam::123456789012:role/orders',
    type: 'STANDARD',
    region: 'eu-central-1',
    startedAt: STARTED_AT,
    ...facts,
  };
}

async function cut(scenario: Scenario): Promise<Journal> {
  const { about, definition, processor, options = {}, steps, packed } = scenario;
  const facts = factsOf(scenario);
  const hex = systemTools.digest('SHA-256', facts.arn);
  const trace = scenario.trace ?? { traceId: traceId(facts.startedAt, hex) };
  const base = { about, definition, ...(processor && { processor }), facts, trace, options };
  const machine = machineOf({ ...base, commits: [] } as unknown as Journal);
  const run = new Playing(machine, facts, decideOptions(options));
  for (const step of steps) {
    await run.hear(step(run));
    run.now += BETWEEN_STEPS_MS;
  }
  const { commits } = run;
  const expected = { end: endOf(run.state, commits), ...viewsOf(base, commits) };
  const rows = commits.map(({ records }) => Buffer.from(packRecords(records)).toString('base64'));
  const whole = { ...base, commits, ...(packed && { rows }), expected };
  if (!scenario.mapRun) return whole;
  return { ...whole, mapRun: await playMapRun(whole, scenario.mapRun) };
}

async function playMapRun(
  journal: Journal,
  { batched, signals }: NonNullable<Scenario['mapRun']>,
): Promise<GoldenMapRun> {
  const started = journal.commits.flatMap(({ at, records }) =>
    records.flatMap((record) => (record.type === 'MapRunStarted' ? [{ at, record }] : [])),
  )[0]!;
  const order = started.record.hidden!.note as unknown as MapRunOrder;
  const attempt = started.record.id;
  let at = started.at;
  let state = newMapRun(order, attempt, at);
  const steps = signals.map((signal) => {
    at += BETWEEN_STEPS_MS;
    state = decideMapRun(state, signal, at);
    return { at, signal, state };
  });
  const counts = { batched, ...countsOf(state, batched) };
  const inputs = order.reader ? [] : await inputsOf(journal, order.arn);
  return { order, attempt, startedAt: started.at, steps, counts: plain(counts), inputs };
}

/** How deep a file is laid out; what lies deeper is one line. */
const LAID_OUT_LEVELS = 4;

function lay(value: unknown, level = 0): string {
  const text = JSON.stringify(value);
  if (level >= LAID_OUT_LEVELS || text.length < 80) return text;
  const indent = '\n'.padEnd(2 * level + 3);
  const close = indent.slice(0, -2);
  if (Array.isArray(value)) {
    return `[${value.map((one) => `${indent}${lay(one, level + 1)}`).join(',')}${close}]`;
  }
  if (typeof value !== 'object' || value === null) return text;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${indent}${JSON.stringify(key)}: ${lay(member, level + 1)}`);
  return `{${members.join(',')}${close}}`;
}

/** Writes the journals that are not there yet; with `again` those of these names too. */
export async function cutAll(again: readonly string[]): Promise<readonly string[]> {
  const unknown = again.filter((name) => !SCENARIOS.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}`);
  const written: string[] = [];
  for (const scenario of SCENARIOS) {
    const path = join(FOLDER, `${scenario.name}.json`);
    if (existsSync(path) && !again.includes(scenario.name)) continue;
    writeFileSync(path, `${lay(await cut(scenario))}\n`);
    written.push(scenario.name);
  }
  return written;
}
