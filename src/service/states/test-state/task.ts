/** What a test must wait for: the real work of a Task, and time. Both end at the test's deadline. */
import type { TaskOrder } from '../../../execution/effect.ts';
import type { Answer } from '../../../execution/state.ts';
import type { Instant } from '../../../ground/time.ts';
import type { Clock } from '../../../ground/tools.ts';
import type { ExecutionHead } from '../../../store/executions/store.ts';
import { unsupported } from '../../engine/tasks.ts';
import type { HttpExchange, Integrations, TaskOutcome, TaskRun } from '../../ports/tasks.ts';

export interface TaskDeps {
  readonly integrations: Integrations;
  readonly clock: Clock;
}

export interface TaskCall {
  readonly head: ExecutionHead;
  readonly order: TaskOrder;
  readonly traceHeader: string | undefined;
  /** Aborted when the caller went away. */
  readonly abort: AbortSignal;
  /** When the test as a whole ends. */
  readonly deadline: Instant;
}

export interface TaskEnd {
  /** Undefined where the test's time was up first. */
  readonly answer: Answer | undefined;
  readonly exchange: HttpExchange | undefined;
}

/** Waits until `due` or the deadline; true where `due` came first. */
export function waitUntil(clock: Clock, due: Instant, deadline: Instant): Promise<boolean> {
  return new Promise((resolve) => {
    clock.wake(Math.min(due, deadline), () => resolve(due <= deadline));
  });
}

/** Runs the task once, on the integration that has its resource. */
export async function runTask(deps: TaskDeps, call: TaskCall): Promise<TaskEnd> {
  const { clock } = deps;
  const { order, deadline } = call;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  call.abort.addEventListener('abort', stop);
  const timeout = clock.now() + (order.timeoutSeconds ?? Infinity) * 1000;
  const { timeUp, cancel } = alarm(clock, Math.min(timeout, deadline));
  let exchange: HttpExchange | undefined;
  const run: TaskRun = {
    head: call.head,
    scope: '',
    attempt: 1,
    order,
    traceHeader: call.traceHeader,
    abort: controller.signal,
    started: () => {},
    exchanged: (one) => {
      exchange = one;
    },
  };
  try {
    const outcome = await Promise.race([outcomeOf(deps, run), timeUp]);
    if (outcome !== undefined) return { answer: answerOf(outcome), exchange };
    const answer = timeout <= deadline ? { failed: true, error: 'States.Timeout' } : undefined;
    return { answer, exchange };
  } finally {
    cancel();
    controller.abort();
    call.abort.removeEventListener('abort', stop);
  }
}

function alarm(clock: Clock, at: Instant) {
  let cancel!: () => void;
  const timeUp = new Promise<undefined>((resolve) => {
    cancel = clock.wake(at, () => resolve(undefined));
  });
  return { timeUp, cancel };
}

function outcomeOf({ integrations }: TaskDeps, run: TaskRun): Promise<TaskOutcome> {
  const { resource } = run.order;
  const integration = integrations.of(resource);
  return integration?.run(run) ?? Promise.resolve(unsupported(run.order));
}

function answerOf(outcome: TaskOutcome): Answer {
  if (outcome.type !== 'Failed') return { failed: false, output: outcome.output };
  return { failed: true, error: outcome.error, cause: outcome.cause };
}
