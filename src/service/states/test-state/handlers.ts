/**
 * TestState: runs one state, really or with a mock, and tells how its data flowed. Nothing is
 * stored.
 */
import type { TestStateInput, TestStateOutput } from '@aws-sdk/client-sfn';
import type { Evaluation } from '../../../asl/env.ts';
import type { State } from '../../../asl/machine.ts';
import type { FoldOptions } from '../../../execution/fold.ts';
import { EXPRESS_DURATION_MS_MAX, type Limits } from '../../../execution/limits.ts';
import type { ExecutionFacts } from '../../../execution/state.ts';
import { StateTest } from '../../../execution/test-state/run.ts';
import type { Errand, Trial, Verdict } from '../../../execution/test-state/trial.ts';
import { stateMachineArn, testedArn } from '../../../ground/arn.ts';
import { isObject, type JsonObject, tryParseData } from '../../../ground/json.ts';
import type { Instant } from '../../../ground/time.ts';
import type { Clock, Tools } from '../../../ground/tools.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';
import type { CallContext } from '../../../wire/operations.ts';
import { drive, type Evaluate } from '../../engine/interpret.ts';
import type { HttpExchange, Integrations } from '../../ports/tasks.ts';
import type { Definitions, StatesHandlers } from '../deps.ts';
import { invalidInput, validation } from '../faults.ts';
import { jsonProblem } from '../json-text.ts';
import { checkRoleArn } from '../names.ts';
import { answerOf } from './answer.ts';
import { givenContext } from './context.ts';
import { stateUnderTest } from './definition.ts';
import { mockOf } from './mock.ts';
import type { ResultModels } from './result-model.ts';
import { runTask, waitUntil } from './task.ts';

export interface TestStateDeps {
  readonly definitions: Definitions;
  /** For Tasks without a mock. */
  readonly integrations: Integrations;
  /** What Tasks without a mock make of their parameters. */
  readonly request?: FoldOptions['request'];
  readonly evaluate: Evaluate;
  /** What mocked results are checked against. */
  readonly results: ResultModels;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly limits: Limits;
}

export function testStateHandlers(deps: TestStateDeps) {
  return {
    TestState: (input, context) => testState(deps, input, context),
  } satisfies StatesHandlers;
}

async function testState(
  deps: TestStateDeps,
  input: TestStateInput,
  call: CallContext,
): Promise<TestStateOutput> {
  const state = await checkedState(deps, input);
  const trial = trialOf(deps, input, state, call);
  const test = new StateTest(trial, deps.tools, {
    limits: deps.limits,
    request: trial.mock ? undefined : deps.request,
  });
  const deadline = trial.facts.startedAt + EXPRESS_DURATION_MS_MAX;
  const { verdict, exchange } = await run(deps, test, call, deadline);
  return answerOf(input, test, verdict, exchange);
}

/** The state, where the request as a whole makes sense. */
async function checkedState(
  { definitions }: Pick<TestStateDeps, 'definitions'>,
  input: TestStateInput,
): Promise<State> {
  const { roleArn, mock, stateConfiguration, context } = input;
  if (roleArn !== undefined) checkRoleArn(roleArn);
  const state = await stateUnderTest(definitions, input.definition!, input.stateName);
  if (mock) {
    if (!input.revealSecrets) return state;
    throw validation('TestState does not support RevealSecrets when a mock is specified.');
  }
  const onlyMocked = {
    MapIterationFailureCount: stateConfiguration?.mapIterationFailureCount,
    ErrorCausedByState: stateConfiguration?.errorCausedByState,
    MapItemReaderData: stateConfiguration?.mapItemReaderData,
    Context: context,
  };
  for (const [name, value] of Object.entries(onlyMocked)) {
    if (value === undefined) continue;
    throw validation(`TestState does not support ${name} when a mock is not specified.`);
  }
  return state;
}

function trialOf(
  deps: TestStateDeps,
  input: TestStateInput,
  state: State,
  call: CallContext,
): Trial {
  const { stateConfiguration: configuration } = input;
  const mock = mockOf(input.mock, state, deps.results);
  const context = input.context === undefined ? undefined : givenContext(input.context, state);
  if (state.type === 'Task' && !mock && input.roleArn === undefined) {
    throw validation('RoleArn must be specified when testing a Task state');
  }
  return {
    state,
    facts: factsOf(deps.tools, input.roleArn, call),
    input: checkedInput(input.input ?? '{}'),
    variables: checkedVariables(input.variables),
    context,
    mock,
    retryCount: configuration?.retrierRetryCount ?? 0,
    failedIterations: configuration?.mapIterationFailureCount ?? 0,
    itemReaderData: configuration?.mapItemReaderData,
  };
}

function checkedInput(text: string): string {
  const problem = text === '' ? 'Invalid execution input.' : jsonProblem(text);
  if (problem !== undefined) throw invalidInput(problem);
  return text;
}

function checkedVariables(text: string | undefined): JsonObject {
  const variables = text === undefined ? {} : tryParseData(text);
  if (!isObject(variables)) throw validation('Variables must be a valid JSON object');
  return variables;
}

function factsOf(tools: Tools, roleArn: string | undefined, call: CallContext): ExecutionFacts {
  const name = tools.uuid();
  const machineName = tools.uuid();
  return {
    id: 0,
    arn: testedArn(call, machineName, name),
    name,
    machineArn: stateMachineArn(call, machineName),
    machineName,
    roleArn: roleArn ?? '',
    type: 'EXPRESS',
    region: call.region,
    startedAt: tools.now(),
    synchronous: true,
  };
}

interface Done {
  readonly verdict: Verdict;
  readonly exchange?: HttpExchange | undefined;
}

const EXPIRED: Verdict = { status: 'FAILED', error: 'States.Timeout' };

async function run(
  deps: TestStateDeps,
  test: StateTest,
  call: CallContext,
  deadline: Instant,
): Promise<Done> {
  const { clock, evaluate } = deps;
  const work = <T>(evaluation: Evaluation<T>): Promise<T> => drive(evaluation, evaluate);
  const begun: Verdict | Errand = await work(test.start());
  if ('status' in begun) return { verdict: begun };
  if (begun.type === 'wait') {
    const inTime = await waitUntil(clock, begun.due, deadline);
    return { verdict: inTime ? await work(test.waited()) : EXPIRED };
  }
  const { order } = begun;
  const { traceHeader, abort } = call;
  const head = headOf(test.trial, call);
  const { answer, exchange } = await runTask(deps, { head, order, traceHeader, abort, deadline });
  return { verdict: answer ? await work(test.answer(answer)) : EXPIRED, exchange };
}

/** Stands for an execution that is stored nowhere. */
function headOf({ facts, input }: Trial, { account }: CallContext): ExecutionHead {
  return {
    ...facts,
    account,
    definitionHash: '',
    input,
    tracingEnabled: false,
    seq: 0,
    status: 'RUNNING',
    redriveCount: 0,
  };
}
