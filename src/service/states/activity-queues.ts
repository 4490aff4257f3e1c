/**
 * Workers of activities: who waits for a task, and who gets which. Oldest task first, longest
 * waiting worker first. A task is a worker's once its ActivityStarted is durable.
 */

import type { Limits } from '../../execution/limits.ts';
import { Fault } from '../../ground/fault.ts';
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionStore, WorkRow } from '../../store/executions/store.ts';
import type { Engines } from '../engine/engines.ts';
import { taskPayload } from '../engine/pending.ts';
import type { Service } from '../lifecycle.ts';
import type { LimitWatch } from '../limits/watch.ts';

const WAIT_MS = 60_000;
/** Rows looked at when a worker asks; others may be taking the first ones. */
const LOOK_AHEAD = 32;
/** A task may have been queued by another process. */
const LOOK_AGAIN_MS = 10_000;

export interface ActivityTask {
  readonly taskToken: string;
  readonly input: string;
}

interface Poller {
  readonly workerName: string | undefined;
  /** Has its answer, or left. */
  gone: boolean;
  readonly answer: (task: ActivityTask | undefined) => void;
}

export interface ActivityQueuesDeps {
  readonly executions: ExecutionStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Limits;
  /** Hears how many wait. */
  readonly watch?: Pick<LimitWatch, 'note'>;
  readonly engines: Engines;
}

export class ActivityQueues implements Service {
  readonly #deps: ActivityQueuesDeps;
  /** Who waits, in the order they came. */
  readonly #lines = new Map<string, Poller[]>();
  readonly #serving = new Map<string, Promise<void>>();
  readonly #look: Loop;

  constructor(deps: ActivityQueuesDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#look = new Loop({
      clock,
      turn: async () => this.#lookAgain(),
      failed: (error) => log.error('could not look for tasks of activities', { error }),
      retryMs: [LOOK_AGAIN_MS, LOOK_AGAIN_MS],
    });
  }

  /** Resolves with the next task, or with undefined after a minute or when the caller left. */
  take(
    activity: string,
    workerName: string | undefined,
    abort: AbortSignal,
  ): Promise<ActivityTask | undefined> {
    const line = this.#lines.get(activity) ?? [];
    const { limits, watch } = this.#deps;
    if (line.length >= limits.activityWorkers) {
      throw new Fault(
        'ActivityWorkerLimitExceeded',
        'The maximum number of workers concurrently polling for activity tasks has been reached.',
      );
    }
    if (abort.aborted) return Promise.resolve(undefined);
    this.#lines.set(activity, line);
    watch?.note('activityWorkers', activity, line.length + 1);
    return new Promise((resolve) => {
      const { clock } = this.#deps;
      const leave = () => {
        line.splice(line.indexOf(poller) >>> 0, 1);
        poller.answer(undefined);
      };
      const cancel = clock.wake(clock.now() + WAIT_MS, leave);
      const poller: Poller = {
        workerName,
        gone: false,
        answer: (task) => {
          poller.gone = true;
          cancel();
          abort.removeEventListener('abort', leave);
          resolve(task);
        },
      };
      abort.addEventListener('abort', leave, { once: true });
      line.push(poller);
      this.notify(activity);
      this.#look.wake(LOOK_AGAIN_MS);
    });
  }

  /** Something may be waiting in this activity's queue. */
  notify(activity: string): void {
    if (!this.#lines.get(activity)?.length) return;
    const before = this.#serving.get(activity) ?? Promise.resolve();
    const serving = before
      .then(() => this.#serve(activity))
      // Asked again at the next look.
      .catch(() => undefined)
      .finally(() => {
        if (this.#serving.get(activity) !== serving) return;
        this.#serving.delete(activity);
        if (this.#lines.get(activity)?.length === 0) this.#lines.delete(activity);
      });
    this.#serving.set(activity, serving);
  }

  /** Nobody waits for this activity's tasks any more: it is gone. */
  dismiss(activity: string): void {
    for (const poller of this.#lines.get(activity)?.splice(0) ?? []) poller.answer(undefined);
  }

  async start(): Promise<void> {
    this.#look.start();
  }

  /** Every worker that waits is answered that there is no task. */
  async stop(): Promise<void> {
    const looked = this.#look.stop();
    for (const activity of [...this.#lines.keys()]) this.dismiss(activity);
    await looked;
  }

  #lookAgain(): number | undefined {
    for (const activity of this.#lines.keys()) this.notify(activity);
    return this.#serving.size > 0 ? LOOK_AGAIN_MS : undefined;
  }

  /** One at a time for each activity, so that a task is offered to one worker only. */
  async #serve(activity: string): Promise<void> {
    for (;;) {
      const line = this.#lines.get(activity);
      if (!line?.length) return;
      const rows = await this.#deps.executions.activityQueue(activity, LOOK_AHEAD);
      for (const row of rows) {
        // Out of the line while the start is written; back to its head where the task was gone.
        const poller = line.shift();
        if (!poller) return;
        const task = await this.#offer(row, poller);
        if (task) poller.answer(task);
        else if (!poller.gone) line.unshift(poller);
      }
      if (rows.length < LOOK_AHEAD) return;
    }
  }

  async #offer(row: WorkRow, poller: Poller): Promise<ActivityTask | undefined> {
    const order = taskPayload(row.payload)?.order;
    if (!order?.token) return undefined;
    const { scope, attempt } = row;
    const accepted = await this.#deps.engines.standard.signal(row.execution, {
      type: 'TaskStarted',
      at: this.#deps.clock.now(),
      scope,
      attempt,
      ...(poller.workerName !== undefined && { workerName: poller.workerName }),
    });
    return accepted ? { taskToken: order.token, input: order.parameters } : undefined;
  }
}
