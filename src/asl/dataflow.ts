/**
 * The steps of a JSONPath state between its raw input and its output: InputPath, ResultPath and
 * OutputPath. Order and errors: Amazon States Language, "Input and Output Processing".
 */
import type { Json } from '../ground/json.ts';
import type { Env } from './env.ts';
import { LanguageError } from './language-error.ts';
import { type Path, type ReferencePath, readPath, writeReference } from './path.ts';

/** The value of a path field; `null` stands for `{}`, an absent field for `$`. */
function applyPath(path: Path | null | undefined, env: Env): Json {
  if (path === undefined) return env.input;
  if (path === null) return {};
  const found = readPath(path, env);
  if ('value' in found) return found.value;
  throw invalidPath(path, found.miss);
}

/** The error of a path field that leads nowhere, as AWS prints it. Not for templates. */
export function invalidPath(path: Path, miss: string): LanguageError {
  return new LanguageError('States.Runtime', `Invalid path '${path.text}' : ${miss}`);
}

/** The state's effective input. `env.input` is the raw input. Throws `States.Runtime`. */
export function effectiveInput(
  state: { readonly inputPath?: Path | null | undefined },
  env: Env,
): Json {
  return applyPath(state.inputPath, env);
}

/** Result and raw input combined. Throws `States.ResultPathMatchFailure`. */
export function applyResultPath(
  path: ReferencePath | null | undefined,
  rawInput: Json,
  result: Json,
): Json {
  if (path === undefined) return result;
  if (path === null) return rawInput;
  return writeReference(path, rawInput, result);
}

/** The state's output. `env.input` is what ResultPath gave. Throws `States.Runtime`. */
export function applyOutputPath(
  state: { readonly outputPath?: Path | null | undefined },
  env: Env,
): Json {
  return applyPath(state.outputPath, env);
}
