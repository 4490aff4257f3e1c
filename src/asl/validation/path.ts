/** Checks of path fields. Wording as AWS reports it. */
import {
  type Path,
  PathSyntaxError,
  parsePath,
  parseReferencePath,
  type ReferencePath,
} from '../path.ts';
import type { Spot } from './report.ts';
import { type Check, text } from './value.ts';

const NO_JSONPATH = 'Value must be a valid JSONPath.';

/** A path field that may not be a call. */
const path: Check = (spot, context) => {
  if (spot.node.kind !== 'string') text(spot, context);
  else if (parse(spot.node.value)?.kind !== 'query') context.report.error(spot, NO_JSONPATH);
};

/** InputPath and OutputPath, where null has a meaning. */
export const pathOrNull: Check = (spot, context) => {
  if (spot.node.kind !== 'null') path(spot, context);
};

/** Functions that give a text and so may stand in ErrorPath and CausePath. */
const TEXT_FUNCTIONS: readonly string[] = [
  'States.Format',
  'States.JsonToString',
  'States.ArrayGetItem',
  'States.Base64Encode',
  'States.Base64Decode',
  'States.Hash',
  'States.UUID',
];

/** A path, or a call that gives a text. */
export const pathOrCall: Check = (spot, context) => {
  if (spot.node.kind !== 'string') {
    text(spot, context);
    return;
  }
  const parsed = parse(spot.node.value);
  if (parsed?.kind === 'query') return;
  if (parsed && TEXT_FUNCTIONS.includes(parsed.call.name)) return;
  context.report.error(spot, `${NO_JSONPATH.slice(0, -1)} or a valid intrinsic function call`);
};

/** A path to one node: Variable, …Path operators, …SecondsPath and the like. */
export const singlePath: Check = (spot, context) => {
  if (spot.node.kind !== 'string') {
    text(spot, context);
    return;
  }
  const problem = singleProblem(spot.node.value);
  if (problem !== undefined) context.report.error(spot, `Value is not a Reference Path${problem}`);
};

/** What follows AWS's sentence; undefined for names and indexes below a root. */
function singleProblem(value: string): string | undefined {
  if (!value.startsWith('$')) return ": Reference path didn't start with '$'";
  try {
    const parsed = parsePath(value);
    return parsed.kind === 'query' && parsed.query.keys ? undefined : '';
  } catch (error) {
    if (error instanceof PathSyntaxError) return `: ${error.message}`;
    throw error;
  }
}

/** ResultPath: null or a reference path below `$`. */
export const resultPath: Check = (spot, context) => {
  if (spot.node.kind === 'null') return;
  if (spot.node.kind !== 'string') {
    text(spot, context);
    return;
  }
  const { value } = spot.node;
  if (!value.startsWith('$')) context.report.error(spot, NO_JSONPATH);
  else if (!parseReference(value)) context.report.error(spot, 'Value is not a Reference Path');
};

/** The parsed path, or undefined where the text is none. */
export function parse(value: string): Path | undefined {
  return attempt(() => parsePath(value));
}

function parseReference(value: string): ReferencePath | undefined {
  return attempt(() => parseReferencePath(value));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PathSyntaxError) return undefined;
    throw error;
  }
}

/** True for a text that reads like a path or call although it stands where it is only a text. */
export function looksLikePath(spot: Spot): boolean {
  if (spot.node.kind !== 'string') return false;
  const { value } = spot.node;
  return /^(\$\$?\.|States\.\w+\()/.test(value) && parse(value) !== undefined;
}
