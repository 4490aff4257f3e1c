/** The oracle of traces: maps, everything computed anew for every question. */
import { type Place, placeKey } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';
import { factsOf, type TraceFacts } from '../../trace/facts.ts';
import { addToPeriods, contributionOf, type Tally } from '../../trace/graph.ts';
import { TRACE_BYTES_MAX } from '../../trace/limits.ts';
import { matches } from '../../trace/match.ts';
import type { AcceptedDocument } from '../../trace/segment.ts';
import { treeOf } from '../../trace/tree.ts';
import type {
  FoundPage,
  FoundTrace,
  StoredTrace,
  TallyQuery,
  TraceChange,
  TraceCounts,
  TraceQuery,
  TraceStore,
  TraceTime,
} from './store.ts';

interface Trace {
  readonly place: Place;
  readonly id: string;
  readonly documents: Map<string, AcceptedDocument>;
  revision: number;
  updatedAt: Instant;
  limitExceeded: boolean;
}

export class MemoryTraceStore implements TraceStore {
  backlogBytes = 0;
  readonly #now: () => Instant;
  readonly #traces = new Map<string, Trace>();
  readonly #listeners = new Set<(change: TraceChange) => void>();

  constructor(now: () => Instant) {
    this.#now = now;
  }

  async put(
    place: Place,
    documents: readonly AcceptedDocument[],
  ): Promise<{ full: readonly number[] }> {
    const full: number[] = [];
    const traces = documents.map((document) => this.#traceOf(place, document.traceId));
    documents.forEach((document, index) => {
      const trace = traces[index]!;
      const old = trace.documents.get(document.id);
      const size = [...trace.documents.values()].reduce((sum, it) => sum + it.text.length, 0);
      if (size - (old?.text.length ?? 0) + document.text.length > TRACE_BYTES_MAX) {
        trace.limitExceeded = true;
        full.push(index);
      } else if (!old || old.inProgress || !document.inProgress) {
        trace.documents.delete(document.id);
        trace.documents.set(document.id, document);
      }
    });
    for (const trace of new Set(traces)) {
      trace.revision++;
      trace.updatedAt = this.#now();
      if (trace.documents.size === 0) this.#traces.delete(keyOf(place, trace.id));
    }
    const traceIds = [...new Set(documents.map((document) => document.traceId))];
    for (const listener of this.#listeners) listener({ place, traceIds });
    return { full };
  }

  #traceOf(place: Place, id: string): Trace {
    let trace = this.#traces.get(keyOf(place, id));
    if (!trace) {
      trace = { place, id, documents: new Map(), revision: 0, updatedAt: 0, limitExceeded: false };
      this.#traces.set(keyOf(place, id), trace);
    }
    return trace;
  }

  async get(place: Place, ids: readonly string[]): Promise<readonly StoredTrace[]> {
    return [...new Set(ids)].flatMap((id) => {
      const trace = this.#traces.get(keyOf(place, id));
      if (!trace) return [];
      return [{ id, documents: textsOf(trace), limitExceeded: trace.limitExceeded }];
    });
  }

  async find(query: TraceQuery): Promise<FoundPage> {
    const { filter, after } = query;
    const found = this.#all(query.place)
      .map((trace) => foundOf(trace))
      .filter((trace) => {
        const at = timeOf(query.time, trace);
        return at >= query.from * 1000 && at < query.to * 1000;
      })
      .sort((a, b) => newestFirst(query.time, a, b));
    const rest = found.filter((trace) => {
      if (!after) return true;
      const at = timeOf(query.time, trace);
      return at < after.timeUs || (at === after.timeUs && trace.facts.id < after.id);
    });
    const matching = rest.filter((trace) => !filter || matches(filter, trace.facts));
    const items = matching.slice(0, query.limit);
    const last = items.at(-1);
    if (matching.length <= items.length || !last) return { items, scanned: rest.length };
    const next = { timeUs: timeOf(query.time, last), id: last.facts.id };
    return { items, scanned: rest.indexOf(last) + 1, next };
  }

  async tallies(query: TallyQuery): Promise<ReadonlyMap<number, Tally>> {
    const tallies = new Map<number, Tally>();
    for (const trace of this.#all(query.place)) {
      const contribution = contributionOf(treeOf(trace.id, textsOf(trace)));
      for (const share of contribution) addToPeriods(tallies, query, share, 1);
    }
    return tallies;
  }

  async prune(before: Instant): Promise<number> {
    const old = [...this.#traces].filter(([, trace]) => trace.updatedAt < before);
    for (const [key] of old) this.#traces.delete(key);
    return old.length;
  }

  async counts(): Promise<TraceCounts> {
    return { traces: this.#traces.size, hot: 0 };
  }

  onChange(listener: (change: TraceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #all(place: Place): Trace[] {
    const { account, region } = place;
    return [...this.#traces.values()].filter(
      (trace) => trace.place.account === account && trace.place.region === region,
    );
  }
}

const keyOf = (place: Place, id: string): string => `${placeKey(place)} ${id}`;
const textsOf = (trace: Trace): string[] => [...trace.documents.values()].map(({ text }) => text);

function foundOf(trace: Trace): FoundTrace {
  const facts: TraceFacts = factsOf(treeOf(trace.id, textsOf(trace)));
  return { facts, revision: trace.revision, updatedAt: trace.updatedAt };
}

function timeOf(time: TraceTime, trace: FoundTrace): number {
  if (time === 'start') return trace.facts.startUs;
  return time === 'end' ? trace.facts.endUs : trace.updatedAt * 1000;
}

function newestFirst(time: TraceTime, a: FoundTrace, b: FoundTrace): number {
  const difference = timeOf(time, b) - timeOf(time, a);
  return difference || (a.facts.id < b.facts.id ? 1 : -1);
}
