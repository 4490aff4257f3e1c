/**
 * Integrations that let a test case answer where it has something to say, whatever the resource:
 * functions, services, jobs (`.sync`), callbacks, activities. Everything else goes on as before.
 */
import { parseResource } from '../../asl/resource.ts';
import type { MockedAnswer } from '../../execution/mocks.ts';
import type { Signal } from '../../execution/signal.ts';
import { printJson } from '../../ground/json.ts';
import type { Clock } from '../../ground/tools.ts';
import { unsupported } from '../engine/tasks.ts';
import type { Integration, Integrations, TaskOutcome, TaskRun } from '../ports/tasks.ts';

export interface MockedDeps {
  readonly clock: Pick<Clock, 'now'>;
  /** The answer to an attempt that `order.mock` numbers; undefined where there is none. */
  answer(task: TaskRun): Promise<MockedAnswer | undefined> | MockedAnswer | undefined;
  /** Says something to the execution; resolves once that is durable. */
  signal(execution: number, signal: Signal): Promise<unknown>;
}

/** The integrations with mocks before them, and one for what none of them does. */
export function mockedIntegrations(inner: Integrations, deps: MockedDeps): Integrations {
  const made = new Map<Integration, MockedIntegration>();
  return {
    of(resource) {
      const integration = inner.of(resource) ?? OTHERS;
      const known = made.get(integration) ?? new MockedIntegration(integration, deps);
      made.set(integration, known);
      return known;
    },
  };
}

const OTHERS: Integration = {
  matches: () => true,
  onLost: 'fail',
  run: async ({ order }) => unsupported(order),
};

class MockedIntegration implements Integration {
  readonly onLost: 'fail' | 'rerun';
  readonly childEnded: Integration['childEnded'];
  readonly abandon: Integration['abandon'];
  readonly #inner: Integration;
  readonly #deps: MockedDeps;

  constructor(inner: Integration, deps: MockedDeps) {
    this.#inner = inner;
    this.#deps = deps;
    this.onLost = inner.onLost;
    this.childEnded = inner.childEnded?.bind(inner);
    this.abandon = inner.abandon?.bind(inner);
  }

  matches(resource: string): boolean {
    return this.#inner.matches(resource);
  }

  async run(task: TaskRun): Promise<TaskOutcome> {
    if (task.order.mock === undefined) return this.#inner.run(task);
    task.started(this.#deps.clock.now());
    const answer = await this.#deps.answer(task);
    if (!answer) return unanswered(task);
    if (answer.type === 'Throw') return failed(answer);
    const output = printJson(answer.value);
    const { kind, pattern } = parseResource(task.order.resource)!;
    if (kind === 'integration' && pattern !== 'requestResponse') return this.#later(task, output);
    return { type: 'Succeeded', output };
  }

  /** The request is accepted, and the answer that comes later is there already. */
  async #later(task: TaskRun, output: string): Promise<TaskOutcome> {
    const { head, scope, attempt } = task;
    const signal: Signal = { type: 'TaskSucceeded', scope, attempt, output, byToken: true };
    await this.#deps.signal(head.id, signal);
    return { type: 'Submitted', output };
  }
}

function failed({ error, cause }: Extract<MockedAnswer, { type: 'Throw' }>): TaskOutcome {
  return { type: 'Failed', error, ...(cause !== undefined && { cause }) };
}

/** As in Step Functions Local, that ends the execution: nothing retries or catches it. */
function unanswered({ head, order }: TaskRun): TaskOutcome {
  const where = head.testCase ? ` in the test case '${head.testCase}'` : '';
  const cause = `No answer is mocked for attempt ${order.mock} of the state '${order.stateName}'${where}.`;
  return { type: 'Failed', error: 'States.Runtime', cause };
}
