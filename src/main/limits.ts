/**
 * The limits that a server can have others of than AWS, as people give them:
 * `--limits payload-bytes=1MB,history-events=100000`. One table makes the parser, `--help` and the
 * README.
 */
import { AWS_LIMITS, type Limits, limitName } from '../execution/limits.ts';
import { parseSize } from './size.ts';

interface Row {
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

const MB = 2 ** 20;
const MANY = 1_000_000_000;

const ROWS: Readonly<Record<keyof Limits, Row>> = {
  payloadBytes: {
    min: 1024,
    max: 32 * MB,
    meaning: 'input, output and result of a state, a task or an execution',
  },
  variablesBytes: { min: 1024, max: 1024 * MB, meaning: 'all variables of an execution' },
  historyEvents: { min: 10, max: 10_000_000, meaning: 'events of a Standard execution' },
  expressHistoryBytes: {
    min: MB,
    max: 4096 * MB,
    meaning: 'events of an Express execution, in memory; AWS has no such limit',
  },
  definitionLength: { min: 100, max: 64 * MB, meaning: 'characters of a definition' },
  openExecutions: {
    min: 1,
    max: MANY,
    meaning: 'Standard executions that run, by account and region, without children of Map Runs',
  },
  openMapRuns: { min: 1, max: MANY, meaning: 'Map Runs at once, by account and region; more wait' },
  mapRunChildren: { min: 1, max: 1_000_000, meaning: 'children of a Map Run at once' },
  mapRunRedrives: { min: 1, max: MANY, meaning: 'redrives of a Map Run' },
  inlineMapIterations: {
    min: 1,
    max: 10_000,
    meaning: 'iterations of an inline Map at once without MaxConcurrency',
  },
  stateMachines: { min: 1, max: MANY, meaning: 'state machines, by account and region' },
  activities: { min: 1, max: MANY, meaning: 'activities, by account and region' },
  versions: { min: 1, max: 1_000_000, meaning: 'versions of a state machine' },
  aliases: { min: 1, max: 1_000_000, meaning: 'aliases of a state machine' },
  tags: { min: 1, max: 10_000, meaning: 'tags of a state machine or an activity' },
  activityWorkers: { min: 1, max: 1_000_000, meaning: 'workers that wait for one activity' },
};

const KEYS = Object.keys(ROWS) as (keyof Limits)[];

/** `NAME=VALUE,…` over AWS's limits; the problem is the one line that says what is wrong. */
export function readLimits(text: string): Limits | { readonly problem: string } {
  const given: { -readonly [key in keyof Limits]?: number } = {};
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [name, value, ...rest] = part.split('=').map((one) => one.trim());
    const key = KEYS.find((candidate) => limitName(candidate) === name);
    if (!key) {
      return { problem: `knows no limit "${name}"; there are ${KEYS.map(limitName).join(', ')}` };
    }
    const number = value === undefined || rest.length > 0 ? undefined : parseValue(key, value);
    const { min, max } = ROWS[key];
    if (number === undefined || number < min || number > max) {
      const kind = isSize(key) ? 'a size' : 'a whole number';
      return { problem: `needs ${kind} from ${min} to ${max} for ${name}: ${part.trim()}` };
    }
    given[key] = number;
  }
  return { ...AWS_LIMITS, ...given };
}

const isSize = (key: keyof Limits): boolean => key.endsWith('Bytes');

function parseValue(key: keyof Limits, text: string): number | undefined {
  if (isSize(key)) return parseSize(text);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** One row per limit: name, default, meaning. */
export function limitRows(): readonly (readonly [string, string, string])[] {
  return KEYS.map((key) => [limitName(key), String(AWS_LIMITS[key]), ROWS[key].meaning]);
}
