/** From a state's result to its output and variables; order of the steps: spec of the language. */
import { applyOutputPath, applyResultPath, effectiveInput } from '../asl/dataflow.ts';
import type { Evaluation } from '../asl/env.ts';
import type { Path, ReferencePath } from '../asl/path.ts';
import type { Template } from '../asl/template.ts';
import { byteLength, Doc, type JsonObject, printJson } from '../ground/json.ts';
import type { Assigned } from './record.ts';
import type { Extra, Step } from './step.ts';
import { exit, tooLarge } from './transition.ts';

/** The effective input: the raw one where there is no InputPath. */
export function inputOf(step: Step, state: { readonly inputPath?: Path | null }): Doc {
  const raw = step.open.input;
  if (state.inputPath === undefined) return raw;
  return Doc.ofValue(effectiveInput(state, step.env(raw.value)));
}

interface Selecting {
  readonly resultSelector?: Template;
  readonly resultPath?: ReferencePath | null;
  readonly outputPath?: Path | null;
  readonly output?: Template;
  readonly assign?: Template;
}

/** Exits a state that has a result: Task, Parallel, Map and, in JSONPath, Pass. */
export function* leaveWithResult(
  step: Step,
  state: Selecting,
  result: Doc,
  next: string | undefined,
): Evaluation<void> {
  if (step.definition.queryLanguage === 'JSONata') {
    const extra = { result: result.value };
    const output = state.output ? yield* step.fill(state.output, result, extra) : result;
    return exit(step, output, yield* assignedBy(step, state.assign, result, extra), next);
  }
  const selected = state.resultSelector ? yield* step.fill(state.resultSelector, result) : result;
  const raw = step.open.input;
  const combined = combine(state.resultPath, raw, selected);
  const output = outputOf(step, state, combined);
  exit(step, output, yield* assignedBy(step, state.assign, selected), next);
}

/** Result and raw input combined by ResultPath. */
export function combine(path: ReferencePath | null | undefined, raw: Doc, result: Doc): Doc {
  if (path === undefined) return result;
  if (path === null) return raw;
  return Doc.ofValue(applyResultPath(path, raw.value, result.value));
}

interface Passing {
  readonly inputPath?: Path | null;
  readonly outputPath?: Path | null;
  readonly output?: Template;
  readonly assign?: Template;
}

/** Exits a state that has no result of its own: its output is its input. */
export function* leave(step: Step, state: Passing, next: string | undefined): Evaluation<void> {
  const input = inputOf(step, state);
  if (step.definition.queryLanguage === 'JSONata') {
    const output = state.output ? yield* step.fill(state.output, input) : input;
    return exit(step, output, yield* assignedBy(step, state.assign, input), next);
  }
  const output = outputOf(step, state, input);
  exit(step, output, yield* assignedBy(step, state.assign, input), next);
}

function outputOf(step: Step, state: { readonly outputPath?: Path | null }, data: Doc): Doc {
  if (state.outputPath === undefined) return data;
  return Doc.ofValue(applyOutputPath(state, step.env(data.value)));
}

/** JSON text by variable; undefined where nothing is assigned. */
export function* assignedBy(
  step: Step,
  assign: Template | undefined,
  input: Doc,
  extra?: Extra,
): Evaluation<Assigned | undefined> {
  if (!assign) return undefined;
  const values = (yield* step.fill(assign, input, extra)).value as JsonObject;
  const assigned = Object.entries(values).map(([name, value]) => [name, printJson(value)] as const);
  const bytes = assigned.reduce((sum, [, text]) => sum + byteLength(text), 0);
  const { fold, scope, open } = step;
  const total = fold.state.variableBytes + bytes;
  const { payloadBytes, variablesBytes } = fold.limits;
  if (bytes > payloadBytes || total > variablesBytes) fold.fail(scope, tooLarge(open.name));
  return assigned.length === 0 ? undefined : Object.fromEntries(assigned);
}
