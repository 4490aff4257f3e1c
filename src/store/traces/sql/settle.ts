/**
 * From hot to settled: a trace without news leaves memory. Its documents go compressed into a
 * block, its facts into a row and its terms, its contribution into the aggregates; the log rows
 * that held its documents go with the same commit.
 */
import type { Clock } from '../../../ground/tools.ts';
import type { Database, Statement, Value } from '../../database.ts';
import type { Addition, Aggregates } from './aggregates.ts';
import type { Gate } from './gate.ts';
import type { Compiled, HotSet, HotTrace, SettledState } from './hot.ts';
import { Pace } from './pace.ts';
import { packBlock } from './pack.ts';
import { forKeys, insertRows } from './rows.ts';
import { flagsOf, termsOf } from './select.ts';
import { setState } from './state.ts';

/** Small enough that reading one trace is quick, large enough to compress well. */
const BLOCK_BYTES = 64 * 1024;

/** One trace as it was when its settling began; documents that come meanwhile keep it hot. */
interface Snapshot extends Compiled {
  readonly trace: HotTrace;
  readonly row: number;
  readonly texts: readonly string[];
  readonly bytes: number;
  readonly applied: number;
  readonly revision: number;
  readonly updatedMs: number;
  readonly limitExceeded: boolean;
}

/** Traces that are ready to be committed together. */
export interface Batch {
  readonly snapshots: readonly Snapshot[];
  /** Statements that store their documents. */
  readonly blocks: readonly Statement[];
  /** Block and slot of each. */
  readonly blockOf: ReadonlyMap<Snapshot, readonly [number, number]>;
}

const INSERT_TRACES = `INSERT INTO traces (id, place, trace_id, block, slot, applied, revision,
  updated_us, start_us, end_us, flags, response_us, duration_us, status, facts)`;
const INSERT_TERMS = 'INSERT INTO trace_terms (place, term, start_us, trace)';
const DELETE_TERM = `DELETE FROM trace_terms
  WHERE place = $1 AND term = $2 AND start_us = $3 AND trace = $4`;

export interface SettlerDeps {
  readonly database: Database;
  readonly hot: HotSet;
  readonly aggregates: Aggregates;
  readonly gate: Gate;
  readonly clock: Clock;
  /** The highest number that a log row has been given. */
  readonly lastLog: () => number;
}

export class Settler {
  readonly #deps: SettlerDeps;
  #nextRow = 1;
  #nextBlock = 1;
  #deadLogs: number[] = [];

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
  }

  async load(): Promise<void> {
    const { database } = this.#deps;
    const [rows] = await database.read('SELECT MAX(id) AS id FROM traces', []);
    const [blocks] = await database.read('SELECT MAX(id) AS id FROM trace_blocks', []);
    this.#nextRow = ((rows?.id as number | null) ?? 0) + 1;
    this.#nextBlock = ((blocks?.id as number | null) ?? 0) + 1;
  }

  /** Log rows that hold nothing any more; the next commit deletes them. */
  release(logs: readonly number[]): void {
    this.#deadLogs.push(...logs);
  }

  get hasDeadLogs(): boolean {
    return this.#deadLogs.length > 0;
  }

  async deleteDeadLogs(): Promise<void> {
    const logs = this.#deadLogs.splice(0);
    try {
      await this.#deps.database.write({ guards: 0, statements: deleteLogs(logs) });
    } catch (error) {
      this.#deadLogs.push(...logs);
      throw error;
    }
  }

  /** The work that needs no turn: compiles and packs. A trace is in at most one batch at a time. */
  async prepare(traces: readonly HotTrace[]): Promise<Batch> {
    for (const trace of traces) trace.settling = true;
    try {
      const snapshots = await this.#snapshots(traces);
      return { snapshots, ...(await this.#blocks(snapshots)) };
    } catch (error) {
      for (const trace of traces) trace.settling = false;
      throw error;
    }
  }

  /** Gives a batch back that will not be committed. */
  drop({ snapshots }: Batch): void {
    for (const { trace } of snapshots) trace.settling = false;
  }

  /** Settles a batch in one commit. Rejects, with everything still hot, where it fails. */
  async commit(batch: Batch): Promise<void> {
    const { snapshots, blocks, blockOf } = batch;
    const { database, hot, aggregates, gate, lastLog } = this.#deps;
    const logs = this.#deadLogs.splice(0);
    const traceRows = snapshots.map((snapshot) => traceRow(snapshot, blockOf));
    const statements = [
      ...blocks,
      ...removals(snapshots),
      ...insertRows(INSERT_TRACES, traceRows),
      ...insertRows(INSERT_TERMS, snapshots.flatMap(termRows)),
      ...deleteLogs(logs),
      setState('lastLog', lastLog()),
    ];
    try {
      for (const statement of await aggregates.add(additionsOf(snapshots))) {
        statements.push(statement);
      }
      await gate.exclusive(async () => {
        await database.write({ guards: 0, statements });
        for (const { trace, applied, row, facts, contribution } of snapshots) {
          const state: SettledState = { row, facts, contribution };
          this.#deadLogs.push(...hot.settled(trace, applied, state));
        }
      });
    } catch (error) {
      aggregates.forget();
      this.#deadLogs.push(...logs);
      throw error;
    } finally {
      this.drop(batch);
    }
  }

  async #snapshots(traces: readonly HotTrace[]): Promise<Snapshot[]> {
    const pace = new Pace(this.#deps.clock);
    const snapshots: Snapshot[] = [];
    for (const trace of traces) {
      if (pace.isOver) await pace.rest();
      const { applied, revision, updatedMs, limitExceeded, bytes, texts } = trace;
      const row = this.#nextRow++;
      const state = { trace, row, texts, bytes, applied, revision, updatedMs, limitExceeded };
      snapshots.push({ ...state, ...trace.compiled() });
    }
    return snapshots;
  }

  async #blocks(snapshots: readonly Snapshot[]): Promise<Pick<Batch, 'blocks' | 'blockOf'>> {
    const blockOf = new Map<Snapshot, [number, number]>();
    const blocks: Statement[] = [];
    for (let at = 0; at < snapshots.length; ) {
      const id = this.#nextBlock++;
      const members: Snapshot[] = [];
      for (let bytes = 0; at < snapshots.length && bytes < BLOCK_BYTES; at++) {
        bytes += snapshots[at]!.bytes;
        blockOf.set(snapshots[at]!, [id, members.length]);
        members.push(snapshots[at]!);
      }
      const updatedMs = Math.max(...members.map((member) => member.updatedMs));
      const body = await packBlock(members.map((member) => member.texts));
      blocks.push({
        sql: 'INSERT INTO trace_blocks (id, updated_ms, body) VALUES ($1, $2, $3)',
        params: [id, updatedMs, body],
      });
    }
    return { blocks, blockOf };
  }
}

function deleteLogs(logs: readonly number[]): Statement[] {
  return forKeys((list) => `DELETE FROM trace_log WHERE id IN (${list})`, logs);
}

/** What was stored of these traces before. */
function removals(snapshots: readonly Snapshot[]): Statement[] {
  const before = snapshots.filter(({ trace }) => trace.base !== undefined);
  const rows = before.map(({ trace }) => trace.base!.row);
  const statements = forKeys((list) => `DELETE FROM traces WHERE id IN (${list})`, rows);
  for (const { trace } of before) {
    const { row, facts } = trace.base!;
    for (const term of termsOf(facts)) {
      statements.push({ sql: DELETE_TERM, params: [trace.place, term, facts.startUs, row] });
    }
  }
  return statements;
}

function traceRow(snapshot: Snapshot, blockOf: Batch['blockOf']): Value[] {
  const { trace, row, facts, applied, revision, updatedMs, limitExceeded } = snapshot;
  const [block, slot] = blockOf.get(snapshot)!;
  return [
    row,
    trace.place,
    trace.id,
    block,
    slot,
    applied,
    revision,
    updatedMs * 1000,
    facts.startUs,
    facts.endUs,
    flagsOf(facts, limitExceeded),
    facts.root.responseUs ?? null,
    facts.endUs - facts.startUs,
    facts.root.http?.status ?? null,
    JSON.stringify(facts),
  ];
}

function termRows({ trace, row, facts }: Snapshot): Value[][] {
  return termsOf(facts).map((term) => [trace.place, term, facts.startUs, row]);
}

function additionsOf(snapshots: readonly Snapshot[]): Addition[] {
  return snapshots.flatMap(({ trace, contribution }) => {
    const { place, base } = trace;
    const added: Addition = { place, contribution, sign: 1 };
    return base ? [{ place, contribution: base.contribution, sign: -1 }, added] : [added];
  });
}
