/**
 * Express executions: the same engine over a store in memory. The start and the end are also
 * written to the durable store, the ledger; asynchronous ones whose end is missing after a crash
 * start again, synchronous ones have lost their caller and are closed.
 *
 * Histories stay in memory, those of the most recent executions only.
 */
import type { HistoryRecord } from '../../execution/record.ts';
import { recordBytes } from '../../execution/size.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import type {
  Commit,
  ExecutionHead,
  ExecutionStore,
  HeadChange,
  WorkRow,
} from '../../store/executions/store.ts';
import type { Service } from '../lifecycle.ts';
import type { Projector } from '../ports/projector.ts';
import { type RetryingWrites, unavailable } from '../retrying-writes.ts';
import { Engine, type EngineDeps, type MapRunHost, type NewExecution } from './engine.ts';
import { endingOf, REOPENED } from './plan.ts';

/** Closed executions whose history stays in memory, and the rough size of those histories. */
const KEPT_MAX = 2_000;
const KEPT_BYTES_MAX = 64 * 1024 * 1024;

export interface ExpressDeps extends Omit<EngineDeps, 'synchronous' | 'foreign' | 'queued'> {
  /** In memory, and this runner's alone. */
  readonly store: ExecutionStore;
  readonly ledger: ExecutionStore;
  readonly retryingWrites: RetryingWrites;
}

/** The row that says, while a process lives, that the execution is its own. */
const MARK = { scope: '', attempt: 0, kind: 'continue', status: 'owned' } as const;
const SYNCHRONOUS = 'synchronous';
/** What the ledger has of an execution that has begun. */
const BEGUN = { seq: 1, status: 'RUNNING', redriveCount: 0 } as const;
const INTERRUPTED = 'The server stopped while the execution was running.';

export class ExpressRunner implements Service {
  readonly #store: ExecutionStore;
  readonly #ledger: ExecutionStore;
  readonly #retryingWrites: RetryingWrites;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #epoch: number;
  readonly #engine: Engine;
  readonly #synchronous = new Set<number>();
  readonly #mapRuns: MapRunHost | undefined;
  readonly #ending = new Set<Promise<unknown>>();
  #kept = { count: 0, bytes: 0 };

  constructor(deps: ExpressDeps) {
    this.#store = deps.store;
    this.#ledger = deps.ledger;
    this.#retryingWrites = deps.retryingWrites;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#epoch = deps.epoch;
    this.#mapRuns = deps.mapRuns;
    const weigher: Projector = { project: (head, records) => this.#weigh(head, records) };
    this.#engine = new Engine({
      ...deps,
      // Its store is this process's alone.
      live: undefined,
      // Its executions have ended when the ledger says so.
      mapRuns: undefined,
      watchers: [...deps.watchers, weigher],
      synchronous: (id) => this.#synchronous.has(id),
    });
  }

  get counts(): Engine['counts'] {
    return this.#engine.counts;
  }

  start(): Promise<void> {
    return this.#engine.start();
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    await Promise.allSettled(this.#ending);
  }

  /** Records of an execution that is still remembered. */
  async records(id: number): Promise<HistoryRecord[] | undefined> {
    return (await this.#store.load(id))?.records;
  }

  /** Asynchronous: answers with the id once the start is durable. */
  async begin(execution: NewExecution): Promise<number> {
    this.#engine.refuseWhenFull();
    const id = this.#ledger.nextId();
    const existing = await this.#noteStart(id, execution, undefined);
    if (existing) return existing.id;
    this.#go({ ...execution, ...BEGUN, id });
    return id;
  }

  /** Stops an asynchronous one; false where it is over. */
  halt(id: number): Promise<boolean> {
    return this.#engine.signal(id, { type: 'Stop' });
  }

  /** A closed one runs again from its beginning, under its own ARN. */
  async restart(head: ExecutionHead): Promise<void> {
    const { id, seq, redriveCount } = head;
    const redriven = { redriveCount: redriveCount + 1, redrivenAt: this.#clock.now() };
    const outcome = await this.#ledger.commit({
      execution: id,
      expectedSeq: seq,
      records: [],
      head: { ...REOPENED, ...redriven },
      work: { cancel: [], remove: [], put: [{ ...MARK, epoch: this.#epoch }], clear: false },
      projected: true,
    });
    if (outcome !== 'ok') return;
    await this.#store.forget(id);
    const { stoppedAt, output, error, cause, ...again } = head;
    this.#go({ ...again, ...redriven, status: 'RUNNING', seq: seq + 1 });
  }

  /** Synchronous: answers with the head at the end, once that is durable. */
  async run(execution: NewExecution): Promise<ExecutionHead> {
    this.#engine.refuseWhenFull();
    const id = this.#ledger.nextId();
    this.#synchronous.add(id);
    try {
      const noted = this.#noteStart(id, execution, SYNCHRONOUS);
      const ledger = { ...execution, ...BEGUN, id };
      const [head] = await Promise.all([this.#toTheEnd(ledger), noted]);
      await this.#close(head);
      return head;
    } finally {
      this.#synchronous.delete(id);
    }
  }

  /** An execution whose process died: it starts again, or has nobody to answer to. */
  async recover(row: WorkRow): Promise<void> {
    const found = await this.#ledger.load(row.execution);
    if (!found || !(await this.#ledger.own(row, this.#epoch))) return;
    if (row.payload !== SYNCHRONOUS) return this.#go(found.head);
    const change: HeadChange = {
      status: 'ABORTED',
      stoppedAt: this.#clock.now(),
      cause: INTERRUPTED,
    };
    await this.#close({ ...found.head, ...change });
  }

  #go(ledger: ExecutionHead): void {
    const ending: Promise<void> = this.#toTheEnd(ledger)
      .then((head) => this.#close(head))
      .catch((error: unknown) => {
        const { arn } = ledger;
        this.#log.error('could not finish an Express execution', { execution: arn, error });
      })
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** The head in memory counts other commits than the ledger's, and knows of no Map Run. */
  async #toTheEnd(ledger: ExecutionHead): Promise<ExecutionHead> {
    const { id, seq, status, redriveCount, redrivenAt, mapItem, ...execution } = ledger;
    const ended = this.#engine.ended(id);
    await this.#engine.begin(execution, id);
    const head = { ...(await ended), seq, redriveCount };
    return mapItem ? { ...head, mapItem } : head;
  }

  async #noteStart(
    id: number,
    execution: NewExecution,
    payload: string | undefined,
  ): Promise<ExecutionHead | undefined> {
    const head: ExecutionHead = { ...execution, id, seq: 0, status: 'RUNNING', redriveCount: 0 };
    const mark = { ...MARK, epoch: this.#epoch, ...(payload !== undefined && { payload }) };
    const work = { cancel: [], remove: [], put: [mark], clear: false };
    const commit: Commit = { execution: id, expectedSeq: 0, records: [], work, projected: true };
    try {
      return (await this.#ledger.create(head, commit)).existing;
    } catch (error) {
      this.#log.error('could not write a new execution', { execution: head.arn, error });
      throw unavailable();
    }
  }

  async #close(head: ExecutionHead): Promise<void> {
    const { id, seq, status, stoppedAt, output, error, cause, mapItem } = head;
    const commit: Commit = {
      execution: id,
      expectedSeq: seq,
      records: [],
      head: {
        status,
        ...(stoppedAt !== undefined && { stoppedAt }),
        ...(output !== undefined && { output }),
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      },
      work: { cancel: [], remove: [], put: [], clear: true },
      ...(mapItem && { ended: endingOf(mapItem, head) }),
      projected: true,
    };
    await this.#retryingWrites.write('the end of an Express execution', () =>
      this.#ledger.commit(commit),
    );
    if (mapItem) this.#mapRuns?.childEnded(head);
  }

  /** Forgets the oldest histories, half of them at a time. */
  #weigh(head: ExecutionHead, records: readonly HistoryRecord[]): void {
    const kept = this.#kept;
    for (const record of records) kept.bytes += recordBytes(record);
    if (head.stoppedAt === undefined) return;
    kept.count++;
    if (kept.count <= KEPT_MAX && kept.bytes <= KEPT_BYTES_MAX) return;
    const going = Math.ceil(kept.count / 2);
    kept.bytes /= 2;
    kept.count -= going;
    void this.#store.prune(Number.POSITIVE_INFINITY, going);
  }
}
