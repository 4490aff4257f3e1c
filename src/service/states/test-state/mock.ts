/** The mock of a request: whether the state takes one, and whether it could be its result. */
import type { MockInput } from '@aws-sdk/client-sfn';
import type { State } from '../../../asl/machine.ts';
import type { Mock } from '../../../execution/test-state/trial.ts';
import { Fault } from '../../../ground/fault.ts';
import { isObject, type Json, tryParseData } from '../../../ground/json.ts';
import { validation } from '../faults.ts';
import { checkResult } from './result-check.ts';
import { expectedResult, type ResultModels } from './result-model.ts';

/** Throws ValidationException, or InvalidDefinition where the state needs a mock. */
export function mockOf(
  mock: MockInput | undefined,
  state: State,
  models: ResultModels,
): Mock | undefined {
  if (!mock) {
    checkUnmocked(state);
    return undefined;
  }
  const { type } = state;
  if (type !== 'Task' && type !== 'Map' && type !== 'Parallel') {
    throw validation(`State type '${type}' is not supported when a mock is specified`);
  }
  const { result, errorOutput } = mock;
  if ((result === undefined) === (errorOutput === undefined)) {
    throw validation(
      'A test mock should have only one of the following fields: [result, errorOutput].',
    );
  }
  if (errorOutput) return { type: 'error', error: errorOutput.error, cause: errorOutput.cause };
  const value = tryParseData(result!);
  if (value === undefined) throw validation('Mocked result must be valid JSON');
  checkShape(value, state, mock.fieldValidationMode ?? 'STRICT', models);
  return { type: 'result', result: result! };
}

const SUPPORTED = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';

function checkUnmocked(state: State): void {
  if (state.type === 'Map' || state.type === 'Parallel') {
    throw new Fault(
      'InvalidDefinition',
      `TestState API does not support Map or Parallel states. ${SUPPORTED}`,
    );
  }
  if (state.type !== 'Task') return;
  const { kind, pattern } = state.resource;
  if (kind === 'activity') {
    throw new Fault('InvalidDefinition', 'TestState API does not support Activity tasks');
  }
  if (pattern !== 'requestResponse') {
    throw new Fault(
      'InvalidDefinition',
      `TestState API does not support '.${pattern}' service integration`,
    );
  }
}

function checkShape(
  value: Json,
  state: State,
  mode: 'STRICT' | 'PRESENT' | 'NONE',
  models: ResultModels,
): void {
  if (state.type === 'Map' && state.distributed?.resultWriter?.exports) {
    if (!isObject(value)) throw validation('Mocked result must be a JSON object.');
  } else if (state.type === 'Map' || state.type === 'Parallel') {
    if (!Array.isArray(value)) throw validation('Mocked result must be an array.');
    if (state.type === 'Parallel' && value.length !== state.branches.length) {
      throw validation(
        'Mocked result must contain the same number of items as number of Parallel branches.',
      );
    }
  } else if (state.type === 'Task' && mode !== 'NONE') {
    const expected = expectedResult(state.resource, models);
    if (expected) checkResult(value, expected, mode);
  }
}
