/**
 * The same random operations on the store and on the oracle: every answer and, now and then,
 * everything that can be asked for must be the same.
 */
import { expect } from 'vitest';
import { Random } from '../../../sim/random.ts';
import type { ExecutionStatus } from '../../execution/effect.ts';
import type { Cases } from '../suite.ts';
import { NO_WORK, PLACE, sampleHead, sampleRecord, T0 } from './contract-samples.ts';
import { memoryExecutionStore } from './memory.ts';
import type { Commit, ExecutionStore, WorkChange, WorkKind, WorkRow } from './store.ts';

const STEPS = 400;
const SEED = Number(process.env.STEPLIGHT_SEED ?? 1);

class Walk {
  readonly #below: (below: number) => number;
  readonly #store: ExecutionStore;
  readonly #oracle = memoryExecutionStore();
  readonly #ids: number[] = [];
  readonly #seqs = new Map<number, number>();
  /** Highest event id by execution: they have no holes. */
  readonly #events = new Map<number, number>();
  #clock = 1;

  constructor(store: ExecutionStore, seed: number) {
    this.#store = store;
    const random = new Random(seed, 'executions');
    this.#below = (end) => random.below(end);
  }

  async step(): Promise<void> {
    const below = this.#below;
    const kind = below(12);
    if (kind < 3 || this.#ids.length === 0) return this.#create();
    if (kind < 8) return this.#commit();
    if (kind === 8) {
      const { scope, attempt, kind: workKind } = this.#row();
      const key = { execution: this.#id(), scope, attempt, kind: workKind, epoch: below(3) };
      const epoch = below(3);
      return this.#same((store) => store.own(key, epoch));
    }
    if (kind === 9) {
      const marks = [this.#id(), this.#id()].map((id) => ({ id, seq: below(6) }));
      return this.#same((store) => store.markProjected(marks));
    }
    if (kind === 10) {
      const before = T0 + below(this.#clock);
      if (below(4) > 0) return;
      return this.#same((store) => store.prune(before, 1));
    }
    return this.#compare();
  }

  async compareAll(): Promise<void> {
    for (const id of this.#ids) await this.#same((store) => store.load(id));
    await this.#compare();
  }

  async #create(): Promise<void> {
    const id = this.#store.nextId();
    const name = `n${this.#below(40)}`;
    const head = sampleHead(id, {
      name,
      arn: `arn:${name}`,
      startedAt: this.#now(),
      machineArn: `arn:m${this.#below(2)}`,
      ...(this.#below(3) === 0 && { versionArn: 'arn:v' }),
    });
    const commit = this.#newCommit(id, 0);
    const { existing } = await this.#oracle.create(head, commit);
    expect(await this.#store.create(head, commit)).toEqual({ existing });
    if (existing) return;
    this.#ids.push(id);
    this.#done(commit);
  }

  async #commit(): Promise<void> {
    const id = this.#id();
    const seq = this.#seqs.get(id)! + (this.#below(6) === 0 ? this.#below(3) - 1 : 0);
    const commit = this.#newCommit(id, seq);
    const outcome = await this.#oracle.commit(commit);
    expect(await this.#store.commit(commit)).toBe(outcome);
    if (outcome === 'ok') this.#done(commit);
  }

  #done({ execution, expectedSeq, records }: Commit): void {
    this.#seqs.set(execution, expectedSeq + 1);
    for (const { id } of records) if (id > 0) this.#events.set(execution, id);
    this.#clock += 1;
  }

  #newCommit(execution: number, expectedSeq: number): Commit {
    const below = this.#below;
    let last = this.#events.get(execution) ?? 0;
    const records = Array.from({ length: below(4) }, () => {
      if (below(4) === 0) return sampleRecord(0);
      last += 1;
      return sampleRecord(last);
    });
    return {
      execution,
      expectedSeq,
      records,
      work: expectedSeq === 0 ? { ...NO_WORK, put: [this.#row()] } : this.#workChange(),
      ...(below(4) === 0 && { head: this.#headChange() }),
      ...(below(5) === 0 && { projected: true }),
      ...(below(5) === 0 &&
        this.#ids.length > 0 && { tell: [{ ...this.#row(), execution: this.#id() }] }),
    };
  }

  #headChange(): Commit['head'] {
    const status: ExecutionStatus = (['RUNNING', 'FAILED', 'SUCCEEDED'] as const)[this.#below(3)]!;
    if (status !== 'RUNNING') return { status, stoppedAt: this.#now(), output: '1' };
    return { status, stoppedAt: undefined, redriveCount: 1, redrivenAt: this.#now() };
  }

  #workChange(): WorkChange {
    const below = this.#below;
    return {
      cancel: below(4) === 0 ? [this.#scope()] : [],
      remove: below(2) === 0 ? [this.#row()] : [],
      put: Array.from({ length: below(3) }, () => this.#row()),
      clear: below(15) === 0,
    };
  }

  #row(): Omit<WorkRow, 'execution'> {
    const below = this.#below;
    const kind = (['task', 'timer'] as WorkKind[])[below(2)]!;
    const status = (['ready', 'owned', 'waiting'] as const)[below(3)]!;
    return {
      scope: this.#scope(),
      attempt: below(3),
      kind,
      status,
      epoch: status === 'owned' ? below(3) : 0,
      ...(below(2) === 0 && { due: T0 + below(this.#clock + 10) }),
      ...(below(4) === 0 && { activity: 'arn:activity' }),
    };
  }

  #scope(): string {
    return ['', '/1.1', '/1.1/2.0', '/1.10', '/3.0'][this.#below(5)]!;
  }

  #id(): number {
    return this.#ids[this.#below(this.#ids.length)]!;
  }

  #now(): number {
    return T0 + this.#clock;
  }

  async #compare(): Promise<void> {
    const now = this.#now();
    const query = { ...PLACE, limit: 7, ...(this.#below(2) && { machineArn: 'arn:m1' }) };
    const id = this.#id();
    const page = { from: this.#below(20), limit: 5, reverse: this.#below(2) === 0 };
    await this.#same((store) => store.load(id));
    await this.#same((store) => store.history(id, page));
    await this.#same((store) => store.list(query));
    await this.#same((store) => store.list({ ...query, status: 'FAILED' }));
    const others = [1, 2].slice(0, this.#below(3));
    await this.#same((store) => store.due(now, 10, others));
    await this.#same((store) => store.nextDue(now, others));
    await this.#same((store) => store.lost([1, ...others], 10));
    await this.#same((store) => store.activityQueue('arn:activity', 5));
    await this.#same((store) => store.behind(100));
    await this.#same((store) => store.counts());
    await this.#same((store) => store.running());
  }

  async #same(ask: (store: ExecutionStore) => Promise<unknown>): Promise<void> {
    expect(await ask(this.#store)).toEqual(await ask(this.#oracle));
  }
}

export const randomCases: Cases<ExecutionStore> = {
  [`answers as the oracle does (STEPLIGHT_SEED=${SEED})`]: async (store) => {
    const walk = new Walk(store, SEED);
    for (let i = 0; i < STEPS; i++) await walk.step();
    await walk.compareAll();
  },
};
