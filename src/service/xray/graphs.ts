/** Operations on the service graph: of a time window, of a few traces, and as series over time. */
import type { Place } from '../../ground/arn.ts';
import { encodeToken } from '../../ground/page.ts';
import type { TraceCursor } from '../../store/traces/store.ts';
import type { Filter, Selector } from '../../trace/expression.ts';
import {
  addToPeriods,
  contributionOf,
  graphOf,
  MINUTE_US,
  minuteWindow,
  type Periods,
  printHistogram,
  readSubject,
  summaryStatistics,
  type Tally,
} from '../../trace/graph.ts';
import { CLIENT_TYPE, type Service } from '../../trace/infer.ts';
import { addStats, emptyStats, type Stats } from '../../trace/stats.ts';
import { treeOf } from '../../trace/tree.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readFilter, readOffset } from './faults.ts';
import { traceIds, window } from './traces.ts';

const SERVICES_PER_PAGE = 1_000;
const TRACES_PER_READ = 100;
const PERIOD_SECONDS_DEFAULT = 60;
const PERIODS_SECONDS = [60, 300];
const PERIODS_PER_PAGE = 1_000;

export function graphHandlers(parts: XrayParts) {
  return {
    GetServiceGraph: async (input, place) => {
      const { from, to } = window(input, parts.limits.graphRangeMs);
      const filter = parts.groups.filterOf(place, input);
      const tallies = await talliesOf(parts, place, minuteWindow(from, to), filter);
      const page = servicesPage('GetServiceGraph', tallies, input.NextToken);
      return {
        StartTime: input.StartTime,
        EndTime: input.EndTime,
        ContainsOldGroupVersions: false,
        ...page,
      };
    },
    GetTraceGraph: async ({ TraceIds: ids, NextToken: token }, place) => {
      const periods = { fromMinute: 0, toMinute: Number.MAX_SAFE_INTEGER };
      const tallies = new Map<number, Tally>();
      await addTraces(parts, place, traceIds(ids!), periods, tallies);
      return servicesPage('GetTraceGraph', tallies, token);
    },
    GetTimeSeriesServiceStatistics: (input, place) => series(parts, input, place),
  } satisfies XrayHandlers;
}

function servicesPage(
  purpose: string,
  tallies: ReadonlyMap<number, Tally>,
  token: string | undefined,
) {
  const [tally = new Map()] = tallies.values();
  const services = graphOf(tally);
  const from = readOffset(purpose, token);
  const to = from + SERVICES_PER_PAGE;
  return {
    Services: services.slice(from, to),
    ...(to < services.length && { NextToken: encodeToken(purpose, to) }),
  };
}

/** From the aggregates; of a group, from each of its traces. */
async function talliesOf(
  parts: XrayParts,
  place: Place,
  periods: Periods,
  filter: Filter | undefined,
): Promise<ReadonlyMap<number, Tally>> {
  if (!filter) return parts.store.tallies({ place, ...periods });
  const tallies = new Map<number, Tally>();
  const minuteMs = MINUTE_US / 1000;
  let after: TraceCursor | undefined;
  do {
    // Every trace that ended in the window or later may have been active in it.
    const page = await parts.store.find({
      place,
      time: 'end',
      from: periods.fromMinute * minuteMs,
      to: Number.MAX_SAFE_INTEGER / 1000,
      filter,
      limit: TRACES_PER_READ,
      after,
    });
    const active = page.items.filter(({ facts }) => facts.startUs < periods.toMinute * MINUTE_US);
    const ids = active.map(({ facts }) => facts.id);
    await addTraces(parts, place, ids, periods, tallies);
    after = page.next;
  } while (after);
  return tallies;
}

async function addTraces(
  parts: XrayParts,
  place: Place,
  ids: readonly string[],
  periods: Periods,
  tallies: Map<number, Tally>,
): Promise<void> {
  for (const { id, documents } of await parts.store.get(place, ids)) {
    for (const share of contributionOf(treeOf(id, documents))) {
      addToPeriods(tallies, periods, share, 1);
    }
  }
}

type SeriesInput = Parameters<NonNullable<XrayHandlers['GetTimeSeriesServiceStatistics']>>[0];

async function series(parts: XrayParts, input: SeriesInput, place: Place) {
  const { from, to } = window(input, parts.limits.graphRangeMs);
  const period = input.Period ?? PERIOD_SECONDS_DEFAULT;
  if (!PERIODS_SECONDS.includes(period)) throw invalid('Period must be 60 or 300 seconds.');
  const selection = selectionOf(input.EntitySelectorExpression);
  if (input.ForecastStatistics && !selection.byId) {
    throw invalid('ForecastStatistics needs an entity selector with id().');
  }
  const filter = parts.groups.filterOf(place, input);
  const periods = { ...minuteWindow(from, to), periodMinutes: period / 60 };
  const tallies = await talliesOf(parts, place, periods, filter);
  const starts = [...tallies.keys()].sort((a, b) => a - b);
  const offset = readOffset('GetTimeSeriesServiceStatistics', input.NextToken);
  const end = offset + PERIODS_PER_PAGE;
  const statistics = starts.slice(offset, end).flatMap((minute) => {
    const stats = sumOf(tallies.get(minute)!, selection);
    if (stats.seen === 0) return [];
    const member = selection.kind === 'node' ? 'ServiceSummaryStatistics' : 'EdgeSummaryStatistics';
    return [
      {
        Timestamp: new Date((minute * MINUTE_US) / 1000),
        [member]: summaryStatistics(stats),
        ResponseTimeHistogram: printHistogram(stats.response),
      },
    ];
  });
  return {
    TimeSeriesServiceStatistics: statistics,
    ContainsOldGroupVersions: false,
    ...(end < starts.length && {
      NextToken: encodeToken('GetTimeSeriesServiceStatistics', end),
    }),
  };
}

interface Selection {
  readonly kind: 'node' | 'edge';
  readonly byId: boolean;
  readonly takes: (from: Service, to: Service) => boolean;
}

/** Without a selector, what clients asked the entry services. */
function selectionOf(text: string | undefined): Selection {
  if (text === undefined) {
    return { kind: 'edge', byId: false, takes: (from) => from.type === CLIENT_TYPE };
  }
  const byId = /\bid\s*\(/i.test(text);
  const filter = readFilter(/^\s*id\s*\(/i.test(text) ? `service(${text})` : text);
  if (filter.type === 'service') {
    return { kind: 'node', byId, takes: (_, to) => selects(filter.of, to) };
  }
  if (filter.type !== 'edge')
    throw invalid('The entity selector must be service(), edge() or id().');
  return {
    kind: 'edge',
    byId,
    takes: (from, to) => selects(filter.from, from) && selects(filter.to, to),
  };
}

function selects(selector: Selector, service: Service): boolean {
  return (
    (selector.name === undefined || selector.name === service.name) &&
    (selector.type === undefined || selector.type === service.type) &&
    (selector.account === undefined || selector.account === service.account)
  );
}

function sumOf(tally: Tally, { kind, takes }: Selection): Stats {
  const sum = emptyStats();
  for (const [text, stats] of tally) {
    const subject = readSubject(text);
    if (subject.kind !== kind) continue;
    const [from, to] =
      subject.kind === 'edge' ? [subject.from, subject.to] : [subject.service, subject.service];
    if (subject.kind === 'node' && to.type === CLIENT_TYPE) continue;
    if (takes(from, to)) addStats(sum, stats, 1);
  }
  return sum;
}
