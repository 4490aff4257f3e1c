/**
 * Time under control: when nothing runs any more and executions only wait for their time to come,
 * the clock skips to that time.
 *
 * A Wait and the pause before a retry are skipped at once. What may still be answered from
 * outside (a task token, an activity's worker) gets some real time before its timeout is skipped to;
 * the longest time that an execution may take at all is never skipped to.
 */
import type { Machine } from '../../asl/machine.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionStore, WorkRow } from '../../store/executions/store.ts';
import type { Service } from '../lifecycle.ts';

export interface SkipDeps {
  readonly real: Clock;
  readonly clock: { now(): Instant; skipTo(at: Instant): void };
  readonly stores: readonly Pick<ExecutionStore, 'due' | 'load'>[];
  readonly log: Logger;
  /** True while anything is being decided, written or run. */
  busy(): boolean;
  machine(definitionHash: string): Machine | Promise<Machine>;
  /** Real time without a sign of life before a skip. */
  readonly quietMs: number;
  /** The same before the timeout of something that others may still answer. */
  readonly patienceMs: number;
  /** Nothing runs and there is no time to skip to. */
  stuck?(): void;
}

const ROWS_MAX = 200;
const FOREVER = Number.MAX_SAFE_INTEGER;

export class TimeSkips implements Service {
  readonly #deps: SkipDeps;
  #lastSign = 0;
  #planned: { readonly at: Instant; readonly cancel: () => void } | undefined;
  #looking: Promise<void> | undefined;
  #running = false;

  constructor(deps: SkipDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#running = true;
    this.sign();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#planned?.cancel();
    this.#planned = undefined;
    await this.#looking;
  }

  /** A sign of life: a commit. */
  sign(): void {
    this.#lastSign = this.#deps.real.now();
    this.#lookIn(this.#deps.quietMs);
  }

  #lookIn(ms: number): void {
    const { real } = this.#deps;
    const at = real.now() + ms;
    if (!this.#running || (this.#planned && this.#planned.at <= at)) return;
    this.#planned?.cancel();
    const cancel = real.wake(at, () => {
      this.#planned = undefined;
      this.#looking = this.#look()
        .catch((error: unknown) =>
          this.#deps.log.error('could not look for a time to skip to', { error }),
        )
        .finally(() => {
          this.#looking = undefined;
        });
    });
    this.#planned = { at, cancel };
  }

  async #look(): Promise<void> {
    const { real, clock, quietMs, patienceMs, busy } = this.#deps;
    const quiet = real.now() - this.#lastSign;
    if (busy() || quiet < quietMs) return this.#lookIn(Math.max(1, quietMs - quiet));
    const sign = this.#lastSign;
    const next = await this.#next();
    // Something has happened meanwhile.
    if (this.#lastSign !== sign || busy()) return this.#lookIn(Math.max(1, quietMs));
    if (!next) return this.#deps.stuck?.();
    const wait = next.row.kind === 'timer' ? 0 : patienceMs - quiet;
    if (wait > 0) return this.#lookIn(wait);
    if (next.at > clock.now()) clock.skipTo(next.at);
    this.#lookIn(Math.max(1, quietMs));
  }

  /** What comes next by time, and may be skipped to. */
  async #next(): Promise<{ at: Instant; row: WorkRow } | undefined> {
    let next: { at: Instant; row: WorkRow } | undefined;
    for (const store of this.#deps.stores) {
      for (const row of await store.due(FOREVER, ROWS_MAX)) {
        const at = row.due ?? this.#deps.clock.now();
        if (next && next.at <= at) break;
        if (row.kind === 'executionDeadline' && !(await this.#isOwn(store, row))) continue;
        next = { at, row };
        break;
      }
    }
    return next;
  }

  /** True where the definition says when the execution times out. */
  async #isOwn(store: Pick<ExecutionStore, 'load'>, row: WorkRow): Promise<boolean> {
    const found = await store.load(row.execution);
    if (!found) return false;
    return (await this.#deps.machine(found.head.definitionHash)).timeoutSeconds !== undefined;
  }
}
