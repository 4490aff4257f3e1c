/** Calls TestState in a process without a server: virtual time, numbered ids, real evaluation. */

import type { TestStateInput, TestStateOutput } from '@aws-sdk/client-sfn';
import { evaluateExpression } from '../../../asl/evaluator.ts';
import { resultModels } from '../../../edge/result-models.ts';
import { AWS_LIMITS } from '../../../execution/limits.ts';
import { isFault } from '../../../ground/fault.ts';
import type { Tools } from '../../../ground/tools.ts';
import type { CallContext } from '../../../wire/operations.ts';
import { ManualClock } from '../../engine/testing.ts';
import { IntegrationRegistry } from '../../integrations/registry.ts';
import type { Integration } from '../../ports/tasks.ts';
import { testDefinitions } from '../testing.ts';
import { testStateHandlers } from './handlers.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/r';
export const INVOKE = 'arn:aws:states:::lambda:invoke';

const results = resultModels();

export class Bench {
  readonly clock = new ManualClock(1_000_000);
  readonly abort = new AbortController();
  readonly #integrations: IntegrationRegistry;
  #uuids = 0;

  constructor(...integrations: readonly Integration[]) {
    this.#integrations = new IntegrationRegistry(integrations);
  }

  test(definition: object | string, input: Omit<TestStateInput, 'definition'> = {}) {
    const { TestState } = testStateHandlers({
      definitions: testDefinitions,
      integrations: this.#integrations,
      evaluate: (request) => evaluateExpression(request, this.#tools),
      results,
      clock: this.clock,
      tools: this.#tools,
      limits: AWS_LIMITS,
    });
    const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
    return TestState({ ...input, definition: text }, this.#call);
  }

  /** Moves the time to the earliest wake, once whatever is under way has asked for one. */
  async ring(): Promise<void> {
    while (!this.clock.tick()) await new Promise((resolve) => setImmediate(resolve));
  }

  get #tools(): Tools {
    return {
      now: () => this.clock.now(),
      random: () => 0.5,
      uuid: () => `00000000-0000-4000-8000-${String(++this.#uuids).padStart(12, '0')}`,
      digest: (algorithm, text) => `${algorithm}:${text}`,
    };
  }

  get #call(): CallContext {
    return {
      account: '000000000000',
      region: 'us-east-1',
      requestId: 'request',
      accessKeyId: undefined,
      traceHeader: 'Root=1-00000001-000000000000000000000001',
      abort: this.abort.signal,
    };
  }
}

export function testState(
  definition: object | string,
  input?: Omit<TestStateInput, 'definition'>,
): Promise<TestStateOutput> {
  return new Bench().test(definition, input);
}

/** Code and message of the fault that the call is refused with. */
export async function refusal(
  definition: object | string,
  input?: Omit<TestStateInput, 'definition'>,
): Promise<string> {
  try {
    await testState(definition, input);
  } catch (error) {
    if (isFault(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

/** A request with the whole data flow in the answer. */
export const debug = (input: object): { input: string; inspectionLevel: 'DEBUG' } => ({
  input: JSON.stringify(input),
  inspectionLevel: 'DEBUG',
});

export const mocked = (result: object): { result: string } => ({ result: JSON.stringify(result) });
