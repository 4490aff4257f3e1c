/** Fail: fails its scope with an error and a cause of its own, both optional. */
import type { Evaluation } from '../../asl/env.ts';
import type { Dynamic, FailState } from '../../asl/machine.ts';
import { readPath } from '../../asl/path.ts';
import { notFound } from '../../asl/template.ts';
import { askFor, plain, runtimeError } from '../dynamic.ts';
import { scopeFailed } from '../failure.ts';
import type { Step } from '../step.ts';

export function* executeFail(step: Step<FailState>): Evaluation<void> {
  const error = yield* textOf(step, step.definition.error);
  const cause = yield* textOf(step, step.definition.cause);
  yield* scopeFailed(step, { error, cause, kind: 'task' });
}

function* textOf(step: Step, dynamic: Dynamic<string> | undefined): Evaluation<string | undefined> {
  if (!dynamic) return undefined;
  if (dynamic.kind === 'literal') return dynamic.value;
  if (dynamic.kind === 'jsonata') return (yield* askFor(step, dynamic, 'string')) as string;
  const env = step.env(step.open.input.value);
  const found = readPath(dynamic.path, env);
  if ('miss' in found) throw notFound(dynamic.path, dynamic.field, env);
  if (typeof found.value === 'string') return found.value;
  throw runtimeError(
    `The ${dynamic.field} parameter does not reference a string: ` +
      `${dynamic.path.text} == ${plain(found.value)}`,
  );
}
