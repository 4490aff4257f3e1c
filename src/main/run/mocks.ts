/** Who answers a local run's tasks in place of what they call: code, lists of answers, a test case. */
import { type MockConfig, MockConfigError, type MockedAnswer } from '../../execution/mocks.ts';
import { type Json, rounded, tryParseData } from '../../ground/json.ts';
import type { TaskRun } from '../../service/ports/tasks.ts';

/** One answer, as in a mock configuration. */
export type MockAnswer =
  | { readonly Return: unknown }
  | { readonly Throw: { readonly Error: string; readonly Cause?: string } };

/** Which attempt of which state is to be answered. */
export interface MockCall {
  readonly stateName: string;
  /** Counts the state's attempts in the execution, from 0. */
  readonly attempt: number;
  /** Where the state waits for a token. */
  readonly taskToken?: string;
}

/**
 * The same answer every time, one for each attempt, or a function of the state's resolved input
 * (Parameters or Arguments); what it throws fails the task, the error's name being the error.
 */
export type Mock =
  | MockAnswer
  | readonly MockAnswer[]
  // biome-ignore lint/suspicious/noExplicitAny: the input is whatever JSON the definition makes.
  | ((input: any, call: MockCall) => unknown);

/** By state name. */
export type Mocks = Readonly<Record<string, Mock>>;

export interface Answers {
  has(state: string): boolean;
  answer(task: TaskRun): Promise<MockedAnswer | undefined>;
}

/** Mocks come before the test case. Throws MockConfigError where the test case does not exist. */
export function answersOf(
  mocks: Mocks,
  config: MockConfig | undefined,
  machine: string,
  testCase: string | undefined,
): Answers {
  if (testCase !== undefined) {
    if (!config) throw new MockConfigError('A test case needs a mock configuration.');
    config.check(machine, testCase);
  }
  const inFile = (state: string): boolean =>
    testCase !== undefined && config!.mocks(machine, testCase, state);
  return {
    has: (state) => Object.hasOwn(mocks, state) || inFile(state),
    answer: async (task) => {
      const { stateName, mock: attempt = 0 } = task.order;
      if (Object.hasOwn(mocks, stateName)) return answerBy(mocks[stateName]!, task, attempt);
      return config?.answer(machine, testCase!, stateName, attempt);
    },
  };
}

async function answerBy(
  mock: Mock,
  { order }: TaskRun,
  attempt: number,
): Promise<MockedAnswer | undefined> {
  if (typeof mock !== 'function') {
    const answer = Array.isArray(mock) ? mock[attempt] : mock;
    return answer && answered(answer as MockAnswer);
  }
  const { stateName, token } = order;
  const call: MockCall = { stateName, attempt, ...(token !== undefined && { taskToken: token }) };
  try {
    return answered({ Return: await mock(rounded(tryParseData(order.parameters) ?? null), call) });
  } catch (error) {
    if (!(error instanceof Error)) return { type: 'Throw', error: String(error) };
    return { type: 'Throw', error: error.name, cause: error.message };
  }
}

function answered(answer: MockAnswer): MockedAnswer {
  if ('Return' in answer) {
    const value: Json | undefined = tryParseData(JSON.stringify(answer.Return) ?? 'null');
    return { type: 'Return', value: value ?? null };
  }
  const { Error: error, Cause: cause } = answer.Throw;
  return { type: 'Throw', error, ...(cause !== undefined && { cause }) };
}
