/**
 * The way in: documents are appended to the log, whole batches in one row, and become part of their
 * hot traces once that row is durable. One batch is under way at a time; what comes meanwhile is
 * the next one, so batches grow with the load, and log rows are applied in their order.
 *
 * At boot the log is applied again. A settled trace knows the last log row that is part of it, so
 * what was applied before is skipped.
 */
import type { Place } from '../../../ground/arn.ts';
import type { Instant } from '../../../ground/time.ts';
import { TRACE_BYTES_MAX } from '../../../trace/limits.ts';
import { type AcceptedDocument, readDocuments } from '../../../trace/segment.ts';
import type { Database, Statement } from '../../database.ts';
import type { TraceChange } from '../store.ts';
import { type HotSet, HotTrace } from './hot.ts';
import { packLog, unpackLog } from './pack.ts';
import type { PlaceNumbers } from './places.ts';
import { readSettled, reheat } from './settled.ts';
import { readState } from './state.ts';

interface Putting {
  readonly place: Place;
  readonly documents: readonly AcceptedDocument[];
  readonly resolve: (answer: { full: readonly number[] }) => void;
  readonly reject: (error: unknown) => void;
}

/** Documents by the number of their place. */
type Wanted = ReadonlyMap<number, readonly AcceptedDocument[]>;
/** By place and trace id; undefined: looked for, and there is none. */
type Reheated = Map<string, HotTrace | undefined>;

/** Bounds of one batch: so many bytes of documents make a log row of a comfortable size. */
const BATCH_BYTES_MAX = 2 * 1024 * 1024;
const RESTORE_ROWS = 20;

export interface IntakeDeps {
  readonly database: Database;
  readonly places: PlaceNumbers;
  readonly hot: HotSet;
  readonly now: () => Instant;
  /** Resolves when there is room in memory. */
  readonly room: () => Promise<void>;
  /** Log rows that hold nothing that must be kept. */
  readonly released: (logs: readonly number[]) => void;
  readonly changed: (change: TraceChange) => void;
}

export class Intake {
  readonly #deps: IntakeDeps;
  #waiting: Putting[] = [];
  #running = false;
  #nextLog = 1;
  #backlogBytes = 0;
  readonly #drained: (() => void)[] = [];

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  /** The highest number that a log row has been given. */
  get lastLog(): number {
    return this.#nextLog - 1;
  }

  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  put(place: Place, documents: readonly AcceptedDocument[]): Promise<{ full: readonly number[] }> {
    return new Promise((resolve, reject) => {
      this.#backlogBytes += sizeOf(documents);
      this.#waiting.push({ place, documents, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** Applies the log of an earlier run. Before anything else is called. */
  async restore(): Promise<void> {
    const { database } = this.#deps;
    for (;;) {
      const rows = await database.read(
        'SELECT id, place, received_ms, body FROM trace_log WHERE id >= $1 ORDER BY id LIMIT $2',
        [this.#nextLog, RESTORE_ROWS],
      );
      for (const row of rows) {
        const log = row.id as number;
        const texts = unpackLog(row.body as Uint8Array);
        const documents = texts.flatMap((text) => readDocuments(text, TRACE_BYTES_MAX).accepted);
        const place = row.place as number;
        const found: Reheated = new Map();
        await this.#reheat(new Map([[place, documents]]), found);
        this.#apply(place, documents, log, row.received_ms as number, found);
        this.#nextLog = log + 1;
      }
      if (rows.length < RESTORE_ROWS) break;
    }
    this.#nextLog = Math.max(this.#nextLog, (await readState(database, 'lastLog')) + 1);
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Whoever else puts in this turn of the loop comes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#deps.room();
      const batch = this.#take();
      try {
        await this.#store(batch);
      } catch (error) {
        for (const putting of batch) putting.reject(error);
      }
      for (const { documents } of batch) this.#backlogBytes -= sizeOf(documents);
    }
    this.#running = false;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #take(): Putting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < BATCH_BYTES_MAX) {
      bytes += sizeOf(this.#waiting[count++]!.documents);
    }
    return this.#waiting.splice(0, count);
  }

  async #store(batch: readonly Putting[]): Promise<void> {
    const { database, places, now, changed } = this.#deps;
    const receivedMs = now();
    const statements: Statement[] = [];
    const byPlace = new Map<number, { log: number; documents: AcceptedDocument[] }>();
    for (const { place, documents } of batch) {
      const number = places.numberOf(place, statements);
      const group = byPlace.get(number);
      if (group) for (const document of documents) group.documents.push(document);
      else byPlace.set(number, { log: this.#nextLog++, documents: [...documents] });
    }
    for (const [place, { log, documents }] of byPlace) {
      statements.push({
        sql: 'INSERT INTO trace_log (id, place, received_ms, body) VALUES ($1, $2, $3, $4)',
        params: [log, place, receivedMs, packLog(documents.map((document) => document.text))],
      });
    }
    const wanted = new Map([...byPlace].map(([place, { documents }]) => [place, documents]));
    const found: Reheated = new Map();
    await Promise.all([this.#reheat(wanted, found), database.write({ guards: 0, statements })]);
    for (const place of byPlace.keys()) places.stored(place);
    // A trace may have been settled while the log row was being written.
    while (this.#missing(wanted, found).length > 0) await this.#reheat(wanted, found);
    const fullOf = new Map<number, Set<AcceptedDocument>>();
    for (const [place, { log, documents }] of byPlace) {
      fullOf.set(place, this.#apply(place, documents, log, receivedMs, found));
    }
    for (const { place, documents, resolve } of batch) {
      const refused = fullOf.get(places.known(place)!)!;
      const full = refused.size === 0 ? [] : indexesOf(documents, refused);
      resolve({ full });
      changed({ place, traceIds: [...new Set(documents.map((document) => document.traceId))] });
    }
  }

  /** Looks for settled traces of what is neither hot nor looked for yet. */
  async #reheat(wanted: Wanted, found: Reheated): Promise<void> {
    for (const { place, ids } of this.#missing(wanted, found)) {
      const settled = await readSettled(this.#deps.database, place, ids);
      for (const id of ids) found.set(`${place} ${id}`, undefined);
      for (const trace of settled) found.set(`${place} ${trace.id}`, reheat(place, trace));
    }
  }

  #missing(wanted: Wanted, found: Reheated): { place: number; ids: string[] }[] {
    return [...wanted].flatMap(([place, documents]) => {
      const ids = new Set<string>();
      for (const { traceId } of documents) {
        if (!this.#deps.hot.get(place, traceId) && !found.has(`${place} ${traceId}`)) {
          ids.add(traceId);
        }
      }
      return ids.size > 0 ? [{ place, ids: [...ids] }] : [];
    });
  }

  /** Makes a durable log row part of the hot traces. Answers the documents that had no room. */
  #apply(
    place: number,
    documents: readonly AcceptedDocument[],
    log: number,
    receivedMs: number,
    found: Reheated,
  ): Set<AcceptedDocument> {
    const { hot, released } = this.#deps;
    const full = new Set<AcceptedDocument>();
    let applied = false;
    for (const document of documents) {
      let trace = hot.get(place, document.traceId);
      if (!trace) {
        trace = found.get(`${place} ${document.traceId}`);
        if (trace && trace.applied >= log) continue;
        if (!trace && document.text.length > TRACE_BYTES_MAX) {
          full.add(document);
          continue;
        }
        trace ??= new HotTrace(place, document.traceId);
        hot.add(trace);
      }
      applied = true;
      if (!hot.apply(trace, document, log, receivedMs)) full.add(document);
    }
    if (!applied) released([log]);
    return full;
  }
}

function sizeOf(documents: readonly AcceptedDocument[]): number {
  let bytes = 0;
  for (const document of documents) bytes += document.text.length;
  return bytes;
}

function indexesOf<T>(items: readonly T[], wanted: ReadonlySet<T>): number[] {
  return items.flatMap((item, index) => (wanted.has(item) ? index : []));
}
