/**
 * Traces in memory: those whose documents may still come, until they are settled.
 *
 * A trace that was settled before and got a late document is hot again; `base` is then what the
 * stored aggregates still hold of it, to be taken away when it is added anew.
 */
import { factsOf, type TraceFacts } from '../../../trace/facts.ts';
import { type Contribution, contributionOf } from '../../../trace/graph.ts';
import { TRACE_BYTES_MAX } from '../../../trace/limits.ts';
import type { AcceptedDocument } from '../../../trace/segment.ts';
import { treeOf } from '../../../trace/tree.ts';

export interface Compiled {
  readonly facts: TraceFacts;
  readonly contribution: Contribution;
}

/** What is stored of a trace: its row, the terms that point to it, its share of the aggregates. */
export interface SettledState extends Compiled {
  readonly row: number;
}

interface KeptDocument {
  readonly text: string;
  readonly inProgress: boolean;
}

export class HotTrace {
  readonly place: number;
  readonly id: string;
  readonly documents = new Map<string, KeptDocument>();
  bytes = 0;
  revision = 0;
  updatedMs = 0;
  limitExceeded = false;
  /** The last log row that is part of this. */
  applied = 0;
  /** Log rows that must stay until this is settled, oldest first. */
  logs: number[] = [];
  /** When the oldest of them arrived. */
  unsettledSinceMs = 0;
  /** A batch that is being settled has it; documents may come all the same. */
  settling = false;
  base: SettledState | undefined;
  #compiled: Compiled | undefined;

  constructor(place: number, id: string) {
    this.place = place;
    this.id = id;
  }

  /** False where the trace is full; the document is then not kept. */
  apply(document: Pick<AcceptedDocument, 'id' | 'text' | 'inProgress'>): boolean {
    const old = this.documents.get(document.id);
    const bytes = this.bytes - (old?.text.length ?? 0) + document.text.length;
    if (bytes > TRACE_BYTES_MAX) {
      this.limitExceeded = true;
      return false;
    }
    if (old && !old.inProgress && document.inProgress) return true;
    this.bytes = bytes;
    this.documents.delete(document.id);
    this.documents.set(document.id, { text: document.text, inProgress: document.inProgress });
    this.#compiled = undefined;
    return true;
  }

  get texts(): string[] {
    return Array.from(this.documents.values(), (document) => document.text);
  }

  compiled(): Compiled {
    this.#compiled ??= compile(this.id, this.texts);
    return this.#compiled;
  }
}

export function compile(id: string, texts: readonly string[]): Compiled {
  const tree = treeOf(id, texts);
  return { facts: factsOf(tree), contribution: contributionOf(tree) };
}

/** All hot traces, the one that has been quiet longest first, and the log rows they hold. */
export class HotSet {
  readonly #traces = new Map<string, HotTrace>();
  readonly #logHolders = new Map<number, number>();
  #bytes = 0;

  get size(): number {
    return this.#traces.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(place: number, id: string): HotTrace | undefined {
    return this.#traces.get(keyOf(place, id));
  }

  all(): IterableIterator<HotTrace> {
    return this.#traces.values();
  }

  add(trace: HotTrace): void {
    this.#traces.set(keyOf(trace.place, trace.id), trace);
    this.#bytes += trace.bytes;
  }

  /** Applies a document; the trace moves behind all that have been quiet for longer. */
  apply(trace: HotTrace, document: AcceptedDocument, log: number, receivedMs: number): boolean {
    const before = trace.bytes;
    const kept = trace.apply(document);
    this.#bytes += trace.bytes - before;
    if (trace.applied === log) return kept;
    const key = keyOf(trace.place, trace.id);
    this.#traces.delete(key);
    this.#traces.set(key, trace);
    trace.applied = log;
    trace.revision++;
    trace.updatedMs = receivedMs;
    if (trace.logs.length === 0) trace.unsettledSinceMs = receivedMs;
    trace.logs.push(log);
    this.#logHolders.set(log, (this.#logHolders.get(log) ?? 0) + 1);
    return kept;
  }

  /**
   * All up to log row `applied` is stored now: the trace leaves, unless newer documents came.
   * Answers the log rows that nobody needs any more.
   */
  settled(trace: HotTrace, applied: number, state: SettledState): number[] {
    const released: number[] = [];
    for (const log of trace.logs) {
      if (log > applied) continue;
      const holders = this.#logHolders.get(log)! - 1;
      if (holders > 0) this.#logHolders.set(log, holders);
      else {
        this.#logHolders.delete(log);
        released.push(log);
      }
    }
    trace.logs = trace.logs.filter((log) => log > applied);
    trace.base = state;
    if (trace.logs.length === 0) this.#remove(trace);
    else trace.unsettledSinceMs = trace.updatedMs;
    return released;
  }

  #remove(trace: HotTrace): void {
    if (this.#traces.delete(keyOf(trace.place, trace.id))) this.#bytes -= trace.bytes;
  }
}

const keyOf = (place: number, id: string): string => `${place} ${id}`;
