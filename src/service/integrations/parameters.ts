/** What a Task sends, as the integrations read it. */
import type { TaskOrder } from '../../execution/effect.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  printJson,
  tryParseJson,
} from '../../ground/json.ts';

/** Whoever sends no object sends nothing. */
export function parametersOf({ parameters }: TaskOrder): JsonObject {
  const given = tryParseJson(parameters);
  return isObject(given) ? given : {};
}

/** A parameter that must be a text; undefined where it is absent or null. */
export function textParameter(parameters: JsonObject, name: string): string | undefined {
  const value: Json | undefined = parameters[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : printJson(value);
}
