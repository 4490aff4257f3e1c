/**
 * Mocked tasks: the file format of Step Functions Local (`SFN_MOCK_CONFIG`). A test case of a state
 * machine names, for some of its states, a list of answers; an execution that is started with the
 * test case gets them in place of calling anything.
 *
 * An answer's number counts the state's attempts through the whole execution, whatever iteration,
 * loop or retry they belong to. Source: Step Functions developer guide, "Using mocked service
 * integrations"; the counting is that of Step Functions Local.
 */
import { isObject, type Json, type JsonObject } from '../ground/json.ts';

/** What one attempt is answered with. */
export type MockedAnswer =
  | { readonly type: 'Return'; readonly value: Json }
  | { readonly type: 'Throw'; readonly error: string; readonly cause?: string };

/** The message says which part of the configuration is wrong, or which test cases there are. */
export class MockConfigError extends Error {
  override name = 'MockConfigError';
}

/** Attempts `from` to `to`, both inclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly answer: MockedAnswer;
}

/** Names of answers by state. */
type TestCase = ReadonlyMap<string, string>;

export class MockConfig {
  readonly #machines: ReadonlyMap<string, ReadonlyMap<string, TestCase>>;
  readonly #responses: ReadonlyMap<string, readonly Range[]>;

  /** Throws MockConfigError where the document is not of the format. */
  constructor(document: Json) {
    const root = objectAt(document, 'The mock configuration');
    this.#machines = mapped(root.StateMachines, 'StateMachines', readMachine);
    this.#responses = mapped(root.MockedResponses ?? {}, 'MockedResponses', readResponse);
  }

  get machines(): readonly string[] {
    return [...this.#machines.keys()];
  }

  /** Throws MockConfigError where an execution cannot be started with the test case. */
  check(machine: string, testCase: string): void {
    const cases = this.#machines.get(machine);
    if (!cases) {
      throw new MockConfigError(
        `The mock configuration has no test cases for the state machine '${machine}'; it has ` +
          `some for ${listed(this.#machines.keys())}.`,
      );
    }
    const found = cases.get(testCase);
    if (!found) {
      throw new MockConfigError(
        `The state machine '${machine}' has no test case '${testCase}' in the mock ` +
          `configuration; it has ${listed(cases.keys())}.`,
      );
    }
    for (const [state, response] of found) {
      if (this.#responses.has(response)) continue;
      throw new MockConfigError(
        `The test case '${testCase}' of the state machine '${machine}' answers the state ` +
          `'${state}' with '${response}', which MockedResponses does not have.`,
      );
    }
  }

  /** False: the state calls what its definition says. */
  mocks(machine: string, testCase: string, state: string): boolean {
    return this.#machines.get(machine)?.get(testCase)?.has(state) ?? false;
  }

  /** The answer to the state's attempt with this number, from 0; undefined where there is none. */
  answer(
    machine: string,
    testCase: string,
    state: string,
    attempt: number,
  ): MockedAnswer | undefined {
    const name = this.#machines.get(machine)?.get(testCase)?.get(state);
    const ranges = name === undefined ? undefined : this.#responses.get(name);
    return ranges?.find(({ from, to }) => from <= attempt && attempt <= to)?.answer;
  }
}

/** `…:stateMachine:NAME#TestCase` as its two parts; a bare `#` asks for none. */
export function splitTestCase(arn: string): { readonly arn: string; readonly testCase?: string } {
  const cut = arn.indexOf('#');
  if (cut < 0) return { arn };
  const testCase = arn.slice(cut + 1);
  return { arn: arn.slice(0, cut), ...(testCase !== '' && { testCase }) };
}

function readMachine(value: Json, where: string): ReadonlyMap<string, TestCase> {
  const { TestCases } = objectAt(value, where);
  return mapped(TestCases, `${where}.TestCases`, (testCase, place) =>
    mapped(testCase, place, (response, at) => {
      if (typeof response === 'string') return response;
      throw new MockConfigError(`${at} must be the name of a mocked response.`);
    }),
  );
}

const NUMBERS = /^(\d{1,9})(?:-(\d{1,9}))?$/;

function readResponse(value: Json, where: string): readonly Range[] {
  const ranges: Range[] = [];
  for (const [key, answer] of Object.entries(objectAt(value, where))) {
    const place = `${where}["${key}"]`;
    const match = NUMBERS.exec(key);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!match || to < from) {
      throw new MockConfigError(
        `${place}: the key must be the number of an attempt, such as "0", or a range, such as "1-2".`,
      );
    }
    const other = ranges.find((range) => from <= range.to && range.from <= to);
    if (other) throw new MockConfigError(`${place} overlaps with another answer.`);
    ranges.push({ from, to, answer: readAnswer(answer, place) });
  }
  return ranges;
}

function readAnswer(value: Json, where: string): MockedAnswer {
  const answer = objectAt(value, where);
  const returns = Object.hasOwn(answer, 'Return');
  if (returns === Object.hasOwn(answer, 'Throw')) {
    throw new MockConfigError(`${where} must have either Return or Throw.`);
  }
  if (returns) return { type: 'Return', value: answer.Return! };
  const { Error: error, Cause: cause } = objectAt(answer.Throw, `${where}.Throw`);
  if (typeof error !== 'string' || error === '') {
    throw new MockConfigError(`${where}.Throw.Error must be a text.`);
  }
  if (cause === undefined) return { type: 'Throw', error };
  if (typeof cause === 'string') return { type: 'Throw', error, cause };
  throw new MockConfigError(`${where}.Throw.Cause must be a text.`);
}

function objectAt(value: Json | undefined, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new MockConfigError(`${where} must be a JSON object.`);
}

function mapped<T>(
  value: Json | undefined,
  where: string,
  read: (value: Json, where: string) => T,
): Map<string, T> {
  const entries = Object.entries(objectAt(value, where));
  return new Map(entries.map(([key, one]) => [key, read(one, `${where}.${key}`)]));
}

const listed = (names: Iterable<string>): string =>
  [...names].map((name) => `'${name}'`).join(', ') || 'none';
