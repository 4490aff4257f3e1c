/**
 * Which fields each type of state has, in which query language, and what each value must be.
 * Measured: AWS accepts Type, Comment and QueryLanguage everywhere and refuses any other field that
 * is not listed for the type.
 */
import { SECONDS_MAX } from '../limits.ts';
import type { StateType } from '../machine.ts';
import type { QueryLanguage } from '../query-language.ts';
import { choices } from './choice.ts';
import { itemBatcher, itemReader, label, mapItems, resultWriter } from './map.ts';
import { pathOrCall, pathOrNull, resultPath, singlePath } from './path.ts';
import { catchers, retriers } from './recovery.ts';
import { credentials, resource } from './resource.ts';
import { objectTemplate, result, template } from './template.ts';
import { timestamp } from './timestamp.ts';
import {
  anything,
  type Check,
  decimal,
  dynamicText,
  flag,
  integer,
  oneOf,
  orExpression,
  text,
} from './value.ts';

export interface Field {
  readonly check: Check;
  /** Absent: both languages have the field. */
  readonly only?: QueryLanguage;
}

type Fields = Readonly<Record<string, Field>>;

const both = (check: Check): Field => ({ check });
const jsonPath = (check: Check): Field => ({ check, only: 'JSONPath' });
const jsonata = (check: Check): Field => ({ check, only: 'JSONata' });

export const queryLanguage = oneOf('JSONPath', 'JSONata');

const EVERY: Fields = {
  Type: both(anything),
  Comment: both(text),
  QueryLanguage: both(queryLanguage),
};

const TRANSITION: Fields = { Next: both(text), End: both(flag) };

const PATHS: Fields = {
  InputPath: jsonPath(pathOrNull),
  OutputPath: jsonPath(pathOrNull),
  Output: jsonata(template),
};

const ASSIGN: Fields = { Assign: both(objectTemplate) };

const RECOVERY: Fields = { Retry: both(retriers), Catch: both(catchers) };

const seconds = (min: number): Check => orExpression(integer({ min, max: SECONDS_MAX }));
/** Counts have no upper bound of their own; a larger one is capped when it is used. */
const count = orExpression(integer({ min: 0 }));

const WORK: Fields = {
  ...PATHS,
  ...ASSIGN,
  ...RECOVERY,
  ...TRANSITION,
  ResultPath: jsonPath(resultPath),
  ResultSelector: jsonPath(template),
};

const TASK: Fields = {
  ...WORK,
  Parameters: jsonPath(template),
  Arguments: jsonata(template),
  Resource: both(resource),
  Credentials: both(credentials),
  TimeoutSeconds: both(seconds(1)),
  TimeoutSecondsPath: jsonPath(singlePath),
  HeartbeatSeconds: both(seconds(1)),
  HeartbeatSecondsPath: jsonPath(singlePath),
};

const MAP: Fields = {
  ...WORK,
  Parameters: jsonPath(template),
  ItemsPath: jsonPath(singlePath),
  Items: jsonata(mapItems),
  ItemSelector: both(template),
  ItemProcessor: both(anything),
  Iterator: both(anything),
  ItemReader: both(itemReader),
  ItemBatcher: both(itemBatcher),
  ResultWriter: both(resultWriter),
  MaxConcurrency: both(count),
  MaxConcurrencyPath: jsonPath(singlePath),
  ToleratedFailureCount: both(count),
  ToleratedFailureCountPath: jsonPath(singlePath),
  ToleratedFailurePercentage: both(orExpression(decimal({ min: 0, max: 100 }))),
  ToleratedFailurePercentagePath: jsonPath(singlePath),
  Label: both(label),
};

const OWN: Readonly<Record<StateType, Fields>> = {
  Pass: {
    ...PATHS,
    ...ASSIGN,
    ...TRANSITION,
    Result: jsonPath(result),
    ResultPath: jsonPath(resultPath),
    Parameters: jsonPath(template),
  },
  Task: TASK,
  Choice: { ...PATHS, ...ASSIGN, Choices: both(choices), Default: both(text) },
  Wait: {
    ...PATHS,
    ...ASSIGN,
    ...TRANSITION,
    Seconds: both(seconds(0)),
    SecondsPath: jsonPath(singlePath),
    Timestamp: both(orExpression(timestamp)),
    TimestampPath: jsonPath(singlePath),
  },
  Succeed: PATHS,
  Fail: {
    Error: both(dynamicText),
    Cause: both(dynamicText),
    ErrorPath: jsonPath(pathOrCall),
    CausePath: jsonPath(pathOrCall),
  },
  Parallel: {
    ...WORK,
    Parameters: jsonPath(template),
    Arguments: jsonata(template),
    Branches: both(anything),
  },
  Map: MAP,
};

export const STATE_TYPES: readonly StateType[] = [
  'Task',
  'Wait',
  'Pass',
  'Succeed',
  'Fail',
  'Choice',
  'Parallel',
  'Map',
];

/** The field of that name of a type, or undefined where the type has none. */
export function fieldOf(type: StateType, name: string): Field | undefined {
  if (Object.hasOwn(EVERY, name)) return EVERY[name];
  return Object.hasOwn(OWN[type], name) ? OWN[type][name] : undefined;
}

/** Groups of fields of which at most one may be present, per type. */
export const EXCLUSIVE: Readonly<Record<StateType, readonly (readonly string[])[]>> = {
  Pass: [],
  Task: [
    ['TimeoutSeconds', 'TimeoutSecondsPath'],
    ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ],
  Choice: [],
  Wait: [],
  Succeed: [],
  Fail: [
    ['Error', 'ErrorPath'],
    ['Cause', 'CausePath'],
  ],
  Parallel: [],
  Map: [
    ['MaxConcurrency', 'MaxConcurrencyPath'],
    ['ToleratedFailureCount', 'ToleratedFailureCountPath'],
    ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
    ['ItemSelector', 'Parameters'],
  ],
};

/** Groups of fields of which exactly one must be present, per type. */
export const ONE_OF: Readonly<Record<StateType, readonly (readonly string[])[]>> = {
  Pass: [['Next', 'End']],
  Task: [['Next', 'End']],
  Choice: [],
  Wait: [
    ['Next', 'End'],
    ['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'],
  ],
  Succeed: [],
  Fail: [],
  Parallel: [['Next', 'End']],
  Map: [
    ['Next', 'End'],
    ['ItemProcessor', 'Iterator'],
  ],
};

export const REQUIRED: Readonly<Record<StateType, readonly string[]>> = {
  Pass: [],
  Task: ['Resource'],
  Choice: ['Choices'],
  Wait: [],
  Succeed: [],
  Fail: [],
  Parallel: ['Branches'],
  Map: [],
};
