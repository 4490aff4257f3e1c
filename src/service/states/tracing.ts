/**
 * Turns what executions do into X-Ray documents: after each commit the records go through the
 * execution's segments; changes travel at most a second later, an end at once.
 */
import type { HistoryRecord } from '../../execution/record.ts';
import { ExecutionSegments } from '../../execution/segments.ts';
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { Service } from '../lifecycle.ts';
import type { Projector } from '../ports/projector.ts';
import type { TraceRecorder } from '../ports/traces.ts';

const FLUSH_AFTER_MS = 1000;
/** Running executions that are followed in memory; of others the records are read again. */
const FOLLOWED_MAX = 20_000;

export interface TracingDeps {
  readonly recorder: TraceRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly digest: Tools['digest'];
  /** All records of an execution that was not followed from its start (after a restart). */
  readonly records: (id: number) => Promise<readonly HistoryRecord[]>;
}

interface Followed {
  readonly head: ExecutionHead;
  readonly segments: ExecutionSegments;
  /** Event id of the last record that was added. */
  seen: number;
}

export class Tracing implements Projector, Service {
  readonly #deps: TracingDeps;
  readonly #followed = new Map<number, Followed>();
  readonly #changed = new Set<number>();
  readonly #flushing: Loop;

  constructor(deps: TracingDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#flushing = new Loop({
      clock,
      turn: () => this.#flushChanged(),
      failed: (error) => log.error('segments were not recorded', { error }),
      retryMs: [FLUSH_AFTER_MS, FLUSH_AFTER_MS],
    });
  }

  async start(): Promise<void> {
    this.#flushing.start();
  }

  /** What has changed travels in a last turn. */
  stop(): Promise<void> {
    return this.#flushing.stop(true);
  }

  wants(head: ExecutionHead): boolean {
    return head.trace?.sampled === true;
  }

  project(head: ExecutionHead, records: readonly HistoryRecord[]): void | Promise<void> {
    if (!this.wants(head)) return;
    const followed = this.#followed.get(head.id);
    const first = records.find((record) => record.id > 0);
    if (!first) return;
    if (!followed && first.id > 1) return this.#catchUp(head, records);
    return this.#add(followed ?? this.#follow(head), records);
  }

  async #catchUp(head: ExecutionHead, records: readonly HistoryRecord[]): Promise<void> {
    const all = await this.#deps.records(head.id);
    const followed = this.#followed.get(head.id) ?? this.#follow(head);
    await this.#add(followed, all);
    await this.#add(followed, records);
  }

  #follow(head: ExecutionHead): Followed {
    const { traceId, parentId } = head.trace!;
    const execution = {
      arn: head.arn,
      machineArn: head.machineArn,
      machineName: head.machineName,
      redriveCount: 0,
      traceId,
      ...(parentId === undefined ? {} : { parentId }),
    };
    const segments = new ExecutionSegments(execution, this.#deps.digest);
    const followed: Followed = { head, segments, seen: 0 };
    this.#followed.set(head.id, followed);
    if (this.#followed.size > FOLLOWED_MAX) this.#forgetOldest();
    return followed;
  }

  /** Of those whose documents have all been handed out, the one that began first. */
  #forgetOldest(): void {
    for (const id of this.#followed.keys()) {
      if (this.#changed.has(id)) continue;
      this.#followed.delete(id);
      return;
    }
  }

  #add(followed: Followed, records: readonly HistoryRecord[]): void | Promise<void> {
    for (const record of records) {
      if (record.id <= followed.seen) continue;
      followed.segments.add(record);
      followed.seen = record.id;
    }
    const { id } = followed.head;
    if (followed.segments.ended) {
      this.#changed.delete(id);
      this.#followed.delete(id);
      return this.#record(followed);
    }
    this.#changed.add(id);
    this.#flushing.wake(FLUSH_AFTER_MS);
  }

  async #flushChanged(): Promise<undefined> {
    const changed = [...this.#changed].map((id) => this.#followed.get(id));
    this.#changed.clear();
    await Promise.all(changed.map((followed) => followed && this.#recordChanges(followed)));
  }

  /** What could not be recorded is made again from all records, with the execution's next ones. */
  async #recordChanges(followed: Followed): Promise<void> {
    try {
      await this.#record(followed);
    } catch (error) {
      const { id, arn } = followed.head;
      this.#deps.log.error('segments were not recorded', { execution: arn, error });
      if (this.#followed.get(id) === followed) this.#followed.delete(id);
    }
  }

  async #record(followed: Followed): Promise<void> {
    const documents = followed.segments.flush();
    if (documents.length > 0) await this.#deps.recorder.record(followed.head, documents);
  }
}
