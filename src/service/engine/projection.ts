/**
 * Shows every commit's records to the projectors, in order for each execution, and remembers how
 * far it came, so that after a crash what may not have been seen is shown again.
 */
import type { HistoryRecord } from '../../execution/record.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import type { Projector } from '../ports/projector.ts';
import { isDefect } from './defect.ts';

const MARK_AFTER_MS = 250;
const REPLAY_BATCH = 100;

interface ProjectionDeps {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** What they saw is marked; what they missed is shown again. */
  readonly projectors: readonly Projector[];
  /** Only the living see: live views, counters. */
  readonly watchers: readonly Projector[];
}

export class Projection {
  readonly #deps: ProjectionDeps;
  readonly #queues = new Map<number, Promise<void>>();
  #marks = new Map<number, number>();
  #cancelMark: (() => void) | undefined;

  constructor(deps: ProjectionDeps) {
    this.#deps = deps;
  }

  /** Commits whose projection is not finished. */
  get waiting(): number {
    return this.#queues.size;
  }

  /** False where no projector would miss this execution's records. */
  wanted(head: ExecutionHead): boolean {
    for (const one of this.#deps.projectors) if (one.wants?.(head) ?? true) return true;
    return false;
  }

  /** A promise where something is still to be waited for. */
  show(
    head: ExecutionHead,
    records: readonly HistoryRecord[],
    wanted: boolean,
  ): Promise<void> | undefined {
    const before = this.#queues.get(head.id);
    const now = before
      ? before.then(() => this.#showAll(head, records, wanted))
      : this.#showAll(head, records, wanted);
    if (!now) {
      if (wanted) this.#mark(head);
      return undefined;
    }
    const queued = now.then((missed) => {
      if (wanted && !missed) this.#mark(head);
      if (this.#queues.get(head.id) === queued) this.#queues.delete(head.id);
    });
    this.#queues.set(head.id, queued);
    return queued;
  }

  /** Shows again what was committed and may not have been seen. */
  async replay(): Promise<void> {
    for (;;) {
      const behind = await this.#deps.store.behind(REPLAY_BATCH);
      for (const { head } of behind) {
        const loaded = await this.#readable(head);
        if (loaded && this.wanted(loaded.head)) {
          await this.#showAll(loaded.head, loaded.records, true);
        }
      }
      if (behind.length === 0) return;
      await this.#deps.store.markProjected(
        behind.map(({ head }) => ({ id: head.id, seq: head.seq })),
      );
      if (behind.length < REPLAY_BATCH) return;
    }
  }

  /** One whose records cannot be read must not keep the server from starting. */
  async #readable(head: ExecutionHead): ReturnType<ExecutionStore['load']> {
    try {
      return await this.#deps.store.load(head.id);
    } catch (error) {
      if (!isDefect(error)) throw error;
      this.#deps.log.error('records cannot be read', { execution: head.arn, error });
      return undefined;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#queues.values());
    this.#cancelMark?.();
    await this.#flush();
  }

  /** Resolves with true where a projector took its time and then failed: it is to be shown again. */
  #showAll(
    head: ExecutionHead,
    records: readonly HistoryRecord[],
    wanted: boolean,
  ): Promise<boolean> | undefined {
    let waits: Promise<void>[] | undefined;
    let missed = false;
    const show = (one: Projector): void => {
      try {
        const wait = one.project(head, records);
        if (!wait) return;
        waits ??= [];
        const failed = (error: unknown): void => {
          missed = true;
          this.#failed(head, error);
        };
        waits.push(wait.catch(failed));
      } catch (error) {
        this.#failed(head, error);
      }
    };
    if (wanted) for (const one of this.#deps.projectors) if (one.wants?.(head) ?? true) show(one);
    for (const one of this.#deps.watchers) show(one);
    return waits && Promise.all(waits).then(() => missed);
  }

  #failed(head: ExecutionHead, error: unknown): void {
    this.#deps.log.error('a projector failed', { execution: head.arn, error });
  }

  #mark(head: ExecutionHead): void {
    this.#marks.set(head.id, head.seq);
    this.#cancelMark ??= this.#deps.clock.wake(this.#deps.clock.now() + MARK_AFTER_MS, () => {
      this.#cancelMark = undefined;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#marks.size === 0) return;
    const marks = [...this.#marks].map(([id, seq]) => ({ id, seq }));
    this.#marks = new Map();
    try {
      await this.#deps.store.markProjected(marks);
    } catch (error) {
      this.#deps.log.warn('could not note what the projectors have seen', { error });
    }
  }
}
