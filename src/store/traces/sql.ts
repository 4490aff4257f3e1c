/**
 * Traces in SQL, in a database file of their own.
 *
 * A trace is hot while documents may still come: its documents are in the log on disk and in
 * memory. After ten seconds without news it is settled: packed, summarised and added to the
 * aggregates of the service graph. Queries put both together, so they are exact and see every
 * acknowledged document. One process only: hot traces and aggregates are kept in its memory.
 */
import type { Place } from '../../ground/arn.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock } from '../../ground/tools.ts';
import { addToPeriods, type Tally } from '../../trace/graph.ts';
import type { AcceptedDocument } from '../../trace/segment.ts';
import type { Database } from '../database.ts';
import { Aggregates } from './sql/aggregates.ts';
import { findPage, isWanted } from './sql/find.ts';
import { Gate } from './sql/gate.ts';
import { HotSet, type HotTrace } from './sql/hot.ts';
import { Intake } from './sql/intake.ts';
import { Pace } from './sql/pace.ts';
import { PlaceNumbers } from './sql/places.ts';
import { pruneBlocks } from './sql/prune.ts';
import { Settler } from './sql/settle.ts';
import { SettleLoop, type SettleRules } from './sql/settle-loop.ts';
import { readSettled } from './sql/settled.ts';
import type {
  FoundPage,
  FoundTrace,
  StoredTrace,
  TallyQuery,
  TraceChange,
  TraceCounts,
  TraceQuery,
  TraceStore,
} from './store.ts';

export interface SqlTraceStoreOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules?: Partial<SettleRules>;
}

/** Opens the store: what was hot when the last process ended is hot again. */
export async function openTraceStore(options: SqlTraceStoreOptions): Promise<SqlTraceStore> {
  const store = new SqlTraceStore(options);
  await store.load();
  return store;
}

export class SqlTraceStore implements TraceStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #places = new PlaceNumbers();
  readonly #hot = new HotSet();
  readonly #gate = new Gate();
  readonly #aggregates: Aggregates;
  readonly #settler: Settler;
  readonly #loop: SettleLoop;
  readonly #intake: Intake;
  readonly #listeners = new Set<(change: TraceChange) => void>();

  /** `openTraceStore` makes one that is loaded. */
  constructor({ database, clock, log, rules }: SqlTraceStoreOptions) {
    this.#database = database;
    this.#clock = clock;
    const hot = this.#hot;
    const aggregates = new Aggregates(database);
    const lastLog = () => this.#intake.lastLog;
    const settler = new Settler({ database, hot, aggregates, gate: this.#gate, clock, lastLog });
    this.#aggregates = aggregates;
    this.#settler = settler;
    this.#loop = new SettleLoop({ hot, settler, clock, log, rules });
    this.#intake = new Intake({
      database,
      places: this.#places,
      hot,
      now: () => clock.now(),
      room: () => this.#loop.room(),
      released: (logs) => settler.release(logs),
      changed: (change) => this.#changed(change),
    });
  }

  async load(): Promise<void> {
    await this.#places.load(this.#database);
    await this.#aggregates.load();
    await this.#settler.load();
    await this.#intake.restore();
    this.#loop.start();
  }

  /** Ends the settling; what is hot stays in the log. The database is not closed. */
  async close(): Promise<void> {
    await this.#intake.drained();
    await this.#loop.stop();
  }

  get backlogBytes(): number {
    return this.#intake.backlogBytes;
  }

  async put(
    place: Place,
    documents: readonly AcceptedDocument[],
  ): Promise<{ full: readonly number[] }> {
    if (documents.length === 0) return { full: [] };
    return this.#intake.put(place, documents);
  }

  async get(place: Place, ids: readonly string[]): Promise<readonly StoredTrace[]> {
    const number = this.#places.known(place);
    if (number === undefined) return [];
    const found = new Map<string, StoredTrace>();
    for (const id of ids) {
      const hot = this.#hot.get(number, id);
      if (hot) found.set(id, { id, documents: hot.texts, limitExceeded: hot.limitExceeded });
    }
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    for (const { id, documents, limitExceeded } of await readSettled(
      this.#database,
      number,
      missing,
    )) {
      found.set(id, { id, documents, limitExceeded });
    }
    return [...new Set(ids)].flatMap((id) => found.get(id) ?? []);
  }

  async find(query: TraceQuery): Promise<FoundPage> {
    const place = this.#places.known(query.place);
    if (place === undefined) return { items: [], scanned: 0 };
    return this.#gate.shared(async () => {
      const wanted: FoundTrace[] = [];
      const hotIds = new Set<string>();
      await this.#eachHot(place, (trace) => {
        hotIds.add(trace.id);
        const { facts } = trace.compiled();
        const found = { facts, revision: trace.revision, updatedAt: trace.updatedMs };
        if (isWanted(query, found)) wanted.push(found);
      });
      return findPage(this.#database, place, query, wanted, hotIds);
    });
  }

  async tallies(query: TallyQuery): Promise<ReadonlyMap<number, Tally>> {
    const place = this.#places.known(query.place);
    if (place === undefined) return new Map();
    return this.#gate.shared(async () => {
      const tallies = await this.#aggregates.tallies(place, query);
      await this.#eachHot(place, (trace) => {
        for (const share of trace.base?.contribution ?? []) addToPeriods(tallies, query, share, -1);
        for (const share of trace.compiled().contribution) addToPeriods(tallies, query, share, 1);
      });
      return tallies;
    });
  }

  async prune(before: Instant): Promise<number> {
    return this.#loop.alone(() => pruneBlocks(this.#database, this.#aggregates, before));
  }

  async counts(): Promise<TraceCounts> {
    return this.#gate.shared(async () => {
      const [row] = await this.#database.read('SELECT COUNT(*) AS traces FROM traces', []);
      let traces = row!.traces as number;
      for (const trace of this.#hot.all()) if (!trace.base) traces++;
      return { traces, hot: this.#hot.size };
    });
  }

  onChange(listener: (change: TraceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(change: TraceChange): void {
    this.#loop.wake();
    for (const listener of this.#listeners) listener(change);
  }

  /** Visits those that are hot now; others have their turn in between. */
  async #eachHot(place: number, visit: (trace: HotTrace) => void): Promise<void> {
    const pace = new Pace(this.#clock);
    for (const trace of [...this.#hot.all()]) {
      if (trace.place !== place) continue;
      if (pace.isOver) await pace.rest();
      visit(trace);
    }
  }
}
