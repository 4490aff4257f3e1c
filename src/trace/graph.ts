/**
 * The service graph. One walk over a trace gives its contribution: per minute and per node or edge,
 * what it adds. Contributions of many traces are added up (`Tally`) and printed in the API's shape.
 *
 * A request counts in the minute in which it ended, one in progress in the minute of its start.
 * Nodes are measured by their own segments, edges by their caller's view. Rules: AWS X-Ray, service
 * graph; recorded traces where the documentation is silent.
 */
import { groupBy } from '../ground/group.ts';
import { CLIENT_TYPE, type Service } from './infer.ts';
import { HISTOGRAM_ENTRIES_MAX } from './limits.ts';
import type { SegmentDocument } from './segment.ts';
import {
  addStats,
  emptyStats,
  type Histogram,
  joinRequests,
  microseconds,
  type Requests,
  requestCount,
  requestOf,
  type Stats,
} from './stats.ts';
import { callerOf, type TraceSegment, type TraceTree } from './tree.ts';

export const MINUTE_US = 60_000_000;

/** A node, or an edge under the name by which the caller knows the callee. */
export type Subject =
  | { readonly kind: 'node'; readonly service: Service }
  | {
      readonly kind: 'edge';
      readonly from: Service;
      readonly to: Service;
      readonly alias: string | undefined;
    };

export interface Share {
  readonly minute: number;
  readonly subject: string;
  readonly stats: Requests;
}

export type Contribution = readonly Share[];
/** Statistics by subject. */
export type Tally = Map<string, Stats>;

const part = (service: Service): (string | null)[] => [
  service.name,
  service.type ?? null,
  service.account ?? null,
];

/** One text per subject: the key under which statistics are kept. */
export function printSubject(subject: Subject): string {
  if (subject.kind === 'node') return JSON.stringify(part(subject.service));
  const key = [...part(subject.from), ...part(subject.to), subject.alias ?? null];
  return JSON.stringify(key);
}

export function readSubject(text: string): Subject {
  const parts = JSON.parse(text) as (string | null)[];
  const service = (at: number): Service => ({
    name: parts[at]!,
    type: parts[at + 1] ?? undefined,
    account: parts[at + 2] ?? undefined,
  });
  if (parts.length === 3) return { kind: 'node', service: service(0) };
  return { kind: 'edge', from: service(0), to: service(3), alias: parts[6] ?? undefined };
}

/** A client is there, but never measured. */
const EMPTY = emptyStats();

/** What one trace adds to the graph. */
export function contributionOf(tree: TraceTree): Contribution {
  const shares = new Map<string, Share>();
  const add = (subject: Subject, entity: SegmentDocument, stats: Requests): void => {
    const minute = Math.floor(microseconds(entity.end_time ?? entity.start_time) / MINUTE_US);
    const text = printSubject(subject);
    const key = `${minute} ${text}`;
    const share = shares.get(key);
    if (share) joinRequests(share.stats, stats);
    else shares.set(key, { minute, subject: text, stats });
  };
  for (const segment of tree.segments) {
    const { document, service } = segment;
    const stats = requestOf(document, workUs(document));
    if (!segment.inferred) stats.own = 1;
    if (segment === tree.root) stats.roots = 1;
    add({ kind: 'node', service }, document, stats);
    addCaller(tree, segment, add);
  }
  return [...shares.values()];
}

function addCaller(
  tree: TraceTree,
  segment: TraceSegment,
  add: (subject: Subject, entity: SegmentDocument, stats: Requests) => void,
): void {
  const { document, service: to } = segment;
  if (document.parent_id === undefined) {
    const from: Service = { name: to.name, type: CLIENT_TYPE, account: undefined };
    const request = requestOf(document);
    const seen = { ...EMPTY, seen: 1, firstUs: request.firstUs, lastUs: request.lastUs };
    add({ kind: 'node', service: from }, document, { ...seen, response: [], duration: [] });
    add({ kind: 'edge', from, to, alias: undefined }, document, request);
    return;
  }
  const caller = callerOf(tree, segment);
  if (!caller) return;
  const from = caller.segment.service;
  const { entity } = caller;
  const renamed = !segment.inferred && entity.namespace === 'remote' && entity.name !== to.name;
  const alias = renamed ? entity.name : undefined;
  add({ kind: 'edge', from, to, alias }, entity, requestOf(entity));
}

/** From the earliest start to the latest end of a segment and all below it. */
function workUs(top: SegmentDocument): number {
  let start = top.start_time;
  let end = top.end_time ?? top.start_time;
  const waiting = [top];
  for (let at = 0; at < waiting.length; at++) {
    const entity = waiting[at]!;
    start = Math.min(start, entity.start_time);
    end = Math.max(end, entity.end_time ?? entity.start_time);
    for (const below of entity.subsegments ?? []) waiting.push(below);
  }
  return microseconds(end) - microseconds(start);
}

/** Which minutes are wanted, and in periods of which length; without one, all in one. */
export interface Periods {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly periodMinutes?: number | undefined;
}

/** Adds a share to the tally of its period, or takes it away; minutes outside are left out. */
export function addToPeriods(
  tallies: Map<number, Tally>,
  periods: Periods,
  { minute, subject, stats }: Share,
  sign: 1 | -1,
): void {
  const { fromMinute, toMinute, periodMinutes } = periods;
  if (minute < fromMinute || minute >= toMinute) return;
  const start = periodMinutes ? Math.floor(minute / periodMinutes) * periodMinutes : fromMinute;
  let tally = tallies.get(start);
  if (!tally) {
    tally = new Map();
    tallies.set(start, tally);
  }
  addToTally(tally, subject, stats, sign);
}

export function addToTally(
  into: Tally,
  subject: string,
  stats: Stats | Requests,
  sign: 1 | -1,
): void {
  addStats(statsIn(into, subject), stats, sign);
}

/** The subject's statistics in a tally, to be added to. */
export function statsIn(tally: Tally, subject: string): Stats {
  let stats = tally.get(subject);
  if (!stats) {
    stats = emptyStats();
    tally.set(subject, stats);
  }
  return stats;
}

/** A query's window, rounded outwards to whole minutes: what aggregates can answer exactly. */
export function minuteWindow(
  fromMs: number,
  toMs: number,
): { fromMinute: number; toMinute: number } {
  return {
    fromMinute: Math.floor((fromMs * 1000) / MINUTE_US),
    toMinute: Math.ceil((toMs * 1000) / MINUTE_US),
  };
}

export interface HistogramEntry {
  Value: number;
  Count: number;
}

export interface SummaryStatistics {
  OkCount: number;
  ErrorStatistics: { ThrottleCount: number; OtherCount: number; TotalCount: number };
  FaultStatistics: { OtherCount: number; TotalCount: number };
  TotalCount: number;
  TotalResponseTime: number;
}

export interface GraphEdge {
  ReferenceId: number;
  StartTime: Date;
  EndTime: Date;
  SummaryStatistics: SummaryStatistics;
  ResponseTimeHistogram: HistogramEntry[];
  Aliases: { Name: string; Names: string[]; Type?: string }[];
  ReceivedEventAgeHistogram: HistogramEntry[];
}

export interface GraphService {
  ReferenceId: number;
  Name: string;
  Names: string[];
  Root?: true;
  AccountId?: string;
  Type?: string;
  State: 'active' | 'unknown';
  StartTime: Date;
  EndTime: Date;
  Edges: GraphEdge[];
  SummaryStatistics?: SummaryStatistics;
  DurationHistogram: HistogramEntry[];
  ResponseTimeHistogram: HistogramEntry[];
}

/** The graph in the API's shape; nodes ordered by name and type, so that answers are stable. */
export function graphOf(tally: Tally): GraphService[] {
  const nodes = new Map<string, { service: Service; stats: Stats }>();
  const edges: Edge[] = [];
  const node = (service: Service): { service: Service; stats: Stats } => {
    const key = printSubject({ kind: 'node', service });
    let known = nodes.get(key);
    if (!known) {
      known = { service, stats: emptyStats() };
      nodes.set(key, known);
    }
    return known;
  };
  for (const [text, stats] of tally) {
    if (stats.seen <= 0) continue;
    const subject = readSubject(text);
    if (subject.kind === 'node') {
      addStats(node(subject.service).stats, stats, 1);
      continue;
    }
    const from = printSubject({ kind: 'node', service: subject.from });
    edges.push({ from, to: subject.to, alias: subject.alias, stats });
    // Caller and callee may have ended in other minutes than the call itself.
    for (const end of [node(subject.from).stats, node(subject.to).stats]) widen(end, stats);
  }
  const keys = [...nodes.keys()].sort();
  const references = new Map(keys.map((key, at) => [key, at]));
  const services = keys.map((key, at) => printNode(nodes.get(key)!, at));
  for (const [from, group] of groupBy(edges, (edge) => edge.from)) {
    services[references.get(from)!]!.Edges = printEdges(group, references);
  }
  return services;
}

interface Edge {
  readonly from: string;
  readonly to: Service;
  readonly alias: string | undefined;
  readonly stats: Stats;
}

function widen(stats: Stats, by: Stats): void {
  stats.firstUs = Math.min(stats.firstUs, by.firstUs);
  stats.lastUs = Math.max(stats.lastUs, by.lastUs);
}

function printNode(node: { service: Service; stats: Stats }, reference: number): GraphService {
  const { service, stats } = node;
  return {
    ReferenceId: reference,
    Name: service.name,
    Names: [service.name],
    ...(stats.roots > 0 && { Root: true as const }),
    ...(service.account !== undefined && { AccountId: service.account }),
    ...(service.type !== undefined && { Type: service.type }),
    State: stats.own > 0 ? 'active' : 'unknown',
    ...printSpan(stats),
    Edges: [],
    ...(service.type !== CLIENT_TYPE && { SummaryStatistics: summaryStatistics(stats) }),
    DurationHistogram: printHistogram(stats.duration),
    ResponseTimeHistogram: printHistogram(stats.response),
  };
}

function printEdges(edges: readonly Edge[], references: ReadonlyMap<string, number>): GraphEdge[] {
  const byCallee = groupBy(edges, ({ to }) => printSubject({ kind: 'node', service: to }));
  const printed: GraphEdge[] = [];
  for (const [to, group] of byCallee) {
    const stats = emptyStats();
    for (const edge of group) addStats(stats, edge.stats, 1);
    const aliases = group.map((edge) => edge.alias).filter((alias) => alias !== undefined);
    printed.push({
      ReferenceId: references.get(to)!,
      ...printSpan(stats),
      SummaryStatistics: summaryStatistics(stats),
      ResponseTimeHistogram: printHistogram(stats.response),
      Aliases: aliases.sort().map((name) => ({
        Name: name,
        Names: [name],
        ...(group[0]!.to.type !== undefined && { Type: group[0]!.to.type }),
      })),
      ReceivedEventAgeHistogram: [],
    });
  }
  return printed.sort((a, b) => a.ReferenceId - b.ReferenceId);
}

/** Whole seconds, as AWS answers them. */
function printSpan(stats: Stats): { StartTime: Date; EndTime: Date } {
  return {
    StartTime: new Date(Math.floor(stats.firstUs / 1e6) * 1000),
    EndTime: new Date(Math.ceil(stats.lastUs / 1e6) * 1000),
  };
}

export function summaryStatistics(stats: Stats): SummaryStatistics {
  const errors = stats.throttle + stats.error;
  return {
    OkCount: stats.ok,
    ErrorStatistics: {
      ThrottleCount: stats.throttle,
      OtherCount: stats.error,
      TotalCount: errors,
    },
    FaultStatistics: { OtherCount: stats.fault, TotalCount: stats.fault },
    TotalCount: requestCount(stats),
    TotalResponseTime: Math.round(stats.responseUs / 1000) / 1000,
  };
}

/** By value; neighbours are merged to fewer digits until the entries fit. */
export function printHistogram(histogram: Histogram): HistogramEntry[] {
  let entries = [...histogram];
  for (let digits = 3; entries.length > HISTOGRAM_ENTRIES_MAX && digits > 0; digits--) {
    const merged: Histogram = new Map();
    for (const [value, count] of entries) {
      const rounded = Number(value.toPrecision(digits));
      merged.set(rounded, (merged.get(rounded) ?? 0) + count);
    }
    entries = [...merged];
  }
  entries.sort((a, b) => a[0] - b[0]);
  return entries.map(([value, count]) => ({ Value: value / 1000, Count: count }));
}
