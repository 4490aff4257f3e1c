/**
 * The task attempts that run in this process: how many may, which do, and how one is told to stop.
 * They outlive the cached state of their execution; their outcomes come back as signals.
 */
import { parseResource } from '../../asl/resource.ts';
import type { TaskOrder } from '../../execution/effect.ts';
import type { ScopePath } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { Integration, Integrations, TaskOutcome, TaskRun } from '../ports/tasks.ts';

interface TaskDeps {
  readonly integrations: Integrations;
  readonly clock: Clock;
  readonly log: Logger;
  readonly slots: number;
  traceHeader(head: ExecutionHead, attempt: number): string | undefined;
  signal(execution: number, signal: Signal): void;
  /** It rides with the next commit. */
  signalLazily(execution: number, signal: Signal): void;
  /** A slot is free again while none was before. */
  slotFreed(): void;
}

const ROUTES_MAX = 10_000;

export class Tasks {
  readonly #deps: TaskDeps;
  readonly #running = new Map<string, RunningTask>();
  readonly #routes = new Map<string, Integration | undefined>();
  #taken = 0;
  #idle: (() => void)[] = [];

  constructor(deps: TaskDeps) {
    this.#deps = deps;
  }

  get running(): number {
    return this.#running.size;
  }

  get free(): number {
    return this.#deps.slots - this.#taken;
  }

  takeSlot(): boolean {
    if (this.#taken >= this.#deps.slots) return false;
    this.#taken++;
    return true;
  }

  /** Beyond the limit, for work that must go on. */
  takeSlotAnyway(): void {
    this.#taken++;
  }

  /** For a slot that was taken for a task whose commit failed. */
  giveBack(slots: number): void {
    const full = this.#taken >= this.#deps.slots;
    this.#taken -= slots;
    if (full && slots > 0) this.#deps.slotFreed();
    if (this.#taken > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  integrationOf(resource: string): Integration | undefined {
    let found = this.#routes.get(resource);
    if (found || this.#routes.has(resource)) return found;
    found = this.#deps.integrations.of(resource);
    if (this.#routes.size >= ROUTES_MAX) this.#routes.clear();
    this.#routes.set(resource, found);
    return found;
  }

  /** The slot was taken before. */
  run(head: ExecutionHead, scope: ScopePath, attempt: number, order: TaskOrder): void {
    const task = new RunningTask(this.#deps, head, scope, attempt, order);
    this.#running.set(task.key, task);
    const integration = this.integrationOf(order.resource);
    const outcome = integration ? integration.run(task) : Promise.resolve(unsupported(order));
    outcome.then(
      (value) => this.#ended(task, value),
      (error) => {
        this.#deps.log.error('an integration threw', { resource: order.resource, error });
        this.#ended(task, { type: 'Failed', error: 'States.TaskFailed', cause: String(error) });
      },
    );
  }

  /** Tells the attempt to stop, where it runs here; its outcome is nobody's any more. */
  abort(execution: number, scope: ScopePath, attempt: number): void {
    this.#running.get(taskKey(execution, scope, attempt))?.cancel();
  }

  abortAll(): void {
    for (const task of this.#running.values()) task.cancel();
  }

  /**
   * Resolves when nothing runs and nothing is about to: a task has its slot before the commit that
   * orders it, and runs as soon as that is durable.
   */
  idle(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #ended(task: RunningTask, outcome: TaskOutcome): void {
    this.#running.delete(task.key);
    this.giveBack(1);
    if (task.cancelled) return;
    task.started(this.#deps.clock.now());
    this.#deps.signal(task.head.id, signalOf(task.scope, task.attempt, outcome));
  }
}

const taskKey = (execution: number, scope: ScopePath, attempt: number): string =>
  `${execution} ${attempt} ${scope}`;

/**
 * A resource that exists on AWS and not here. Retry and Catch take the error, so that a workflow
 * can do without a notification that is not sent here.
 */
export function unsupported({ resource }: TaskOrder): TaskOutcome {
  const parsed = parseResource(resource);
  const what = parsed ? `: it does not have '${parsed.action}' of '${parsed.service}'` : '';
  return {
    type: 'Failed',
    error: 'States.TaskFailed',
    cause: `The resource '${resource}' is not supported by this server${what}.`,
  };
}

/** What an outcome says to the execution. `byToken`: it is not the request's own. */
export function signalOf(
  scope: ScopePath,
  attempt: number,
  outcome: TaskOutcome,
  byToken = false,
): Signal {
  switch (outcome.type) {
    case 'Succeeded':
      return { type: 'TaskSucceeded', scope, attempt, output: outcome.output, byToken };
    case 'Submitted':
      return { type: 'TaskSubmitted', scope, attempt, output: outcome.output };
    case 'Failed':
      return {
        type: 'TaskFailed',
        scope,
        attempt,
        byToken,
        error: outcome.error,
        cause: outcome.cause,
      };
  }
}

class RunningTask implements TaskRun {
  readonly key: string;
  readonly head: ExecutionHead;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly order: TaskOrder;
  readonly #deps: TaskDeps;
  #controller: AbortController | undefined;
  #begun = false;
  cancelled = false;

  constructor(
    deps: TaskDeps,
    head: ExecutionHead,
    scope: ScopePath,
    attempt: number,
    order: TaskOrder,
  ) {
    this.key = taskKey(head.id, scope, attempt);
    this.#deps = deps;
    this.head = head;
    this.scope = scope;
    this.attempt = attempt;
    this.order = order;
  }

  get traceHeader(): string | undefined {
    return this.#deps.traceHeader(this.head, this.attempt);
  }

  /** Made on first use: most tasks end before anybody asks. */
  get abort(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.cancelled) this.#controller.abort();
    return this.#controller.signal;
  }

  started(at: Instant): void {
    if (this.#begun || this.cancelled) return;
    this.#begun = true;
    const { scope, attempt } = this;
    this.#deps.signalLazily(this.head.id, { type: 'TaskStarted', at, scope, attempt });
  }

  cancel(): void {
    this.cancelled = true;
    this.#controller?.abort();
  }
}
