/** Fields that several state types share: definition JSON to compiled form. */
import { isObject, type Json, type JsonObject, WrittenNumber } from '../ground/json.ts';
import { expressionSource } from './jsonata.ts';
import type { Catcher, Dynamic, Retrier } from './machine.ts';
import { type Path, parsePath, parseReferencePath, type ReferencePath } from './path.ts';
import type { QueryLanguage } from './query-language.ts';
import { compileTemplate, type Template } from './template.ts';

/** One state's definition and the language that its fields are written in. */
export interface Source {
  readonly json: JsonObject;
  readonly queryLanguage: QueryLanguage;
  /** Prefix of field names, e.g. `Catch[0]/`; empty for the state itself. */
  readonly prefix: string;
}

/** Removes the keys without a value, so that compiled states have no undefined members. */
export function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined)) as T;
}

export function template(source: Source, field: string): Template | undefined {
  const json = source.json[field];
  if (json === undefined) return undefined;
  return compileTemplate(json, source.queryLanguage, `${source.prefix}${field}`);
}

function path(source: Source, field: string): Path | null | undefined {
  const text = source.json[field] as string | null | undefined;
  return typeof text === 'string' ? parsePath(text) : text;
}

function referencePath(source: Source, field: string): ReferencePath | null | undefined {
  const text = source.json[field] as string | null | undefined;
  return typeof text === 'string' ? parseReferencePath(text) : text;
}

/** A literal, its `…Path` twin or, in JSONata, an expression. */
export function dynamic<T extends Json>(source: Source, field: string): Dynamic<T> | undefined {
  const twin = source.json[`${field}Path`];
  if (typeof twin === 'string') {
    return { kind: 'path', field: `${field}Path`, path: parsePath(twin) };
  }
  const value = source.json[field];
  if (value === undefined) return undefined;
  const expression =
    source.queryLanguage === 'JSONata' && typeof value === 'string'
      ? expressionSource(value)
      : undefined;
  if (expression !== undefined) {
    return { kind: 'jsonata', field: `${source.prefix}${field}`, source: expression };
  }
  // A number of the definition's own is counted with; what is passed on is in templates.
  return { kind: 'literal', value: plainNumber(value) as T };
}

/** Paths, Output and Assign: what every state but Fail may have. */
export function dataFlow(source: Source) {
  return {
    inputPath: path(source, 'InputPath'),
    outputPath: path(source, 'OutputPath'),
    output: template(source, 'Output'),
    assign: template(source, 'Assign'),
  };
}

/** What is handed on: JSONPath `Parameters` or JSONata `Arguments`. */
export const parameters = (source: Source): Template | undefined =>
  template(source, source.queryLanguage === 'JSONata' ? 'Arguments' : 'Parameters');

/** What states with a result have beyond dataFlow. */
export function resultFlow(source: Source) {
  return {
    ...dataFlow(source),
    parameters: parameters(source),
    resultSelector: template(source, 'ResultSelector'),
    resultPath: referencePath(source, 'ResultPath'),
  };
}

/** Retry and Catch with the language's defaults filled in. */
export function recovery(source: Source): { retry: Retrier[]; catch: Catcher[] } {
  const retriers = (source.json.Retry ?? []) as JsonObject[];
  const catchers = (source.json.Catch ?? []) as JsonObject[];
  return {
    retry: retriers.map(compileRetrier),
    catch: catchers.map((json, i) =>
      compileCatcher({ ...source, json, prefix: `${source.prefix}Catch[${i}]/` }),
    ),
  };
}

const plainNumber = (value: Json): Json => (value instanceof WrittenNumber ? Number(value) : value);

/** A field that validation has found to be a number. */
export function numberIn(json: JsonObject, field: string): number | undefined {
  const value = json[field];
  return value === undefined ? undefined : Number(value);
}

function compileRetrier(json: JsonObject): Retrier {
  return present({
    errorEquals: json.ErrorEquals as string[],
    intervalSeconds: numberIn(json, 'IntervalSeconds') ?? 1,
    maxAttempts: numberIn(json, 'MaxAttempts') ?? 3,
    backoffRate: numberIn(json, 'BackoffRate') ?? 2,
    maxDelaySeconds: numberIn(json, 'MaxDelaySeconds'),
    jitterStrategy: (json.JitterStrategy as 'NONE' | 'FULL' | undefined) ?? 'NONE',
  });
}

function compileCatcher(source: Source): Catcher {
  return present({
    errorEquals: source.json.ErrorEquals as string[],
    next: source.json.Next as string,
    resultPath: referencePath(source, 'ResultPath'),
    output: template(source, 'Output'),
    assign: template(source, 'Assign'),
  });
}

export function objectField(json: JsonObject, field: string): JsonObject | undefined {
  const value = json[field];
  return isObject(value) ? value : undefined;
}
