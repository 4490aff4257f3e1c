/** Operations on traces: put documents, get traces, list summaries. */
import type { Place } from '../../ground/arn.ts';
import { encodeToken } from '../../ground/page.ts';
import type { StoredTrace, TraceCursor, TraceTime } from '../../store/traces/store.ts';
import type { Filter } from '../../trace/expression.ts';
import { factsOf } from '../../trace/facts.ts';
import { BATCH_GET_TRACES_MAX } from '../../trace/limits.ts';
import { TRACE_ID } from '../../trace/segment.ts';
import { summaryOf } from '../../trace/summary.ts';
import { printSegment, treeOf } from '../../trace/tree.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readFilter, readOffset, readToken } from './faults.ts';

const SUMMARIES_PER_PAGE = 100;
/** A page of whole traces ends after this many characters of documents. */
const TRACES_PAGE_CHARS = 4 * 1024 * 1024;
const W3C_ID = /^[0-9a-f]{32}$/i;

const TIMES: Readonly<Record<string, TraceTime>> = {
  TraceId: 'start',
  Event: 'update',
  Service: 'end',
};

export function traceHandlers(parts: XrayParts) {
  return {
    PutTraceSegments: async ({ TraceSegmentDocuments: texts }, place) => {
      const refused = await parts.intake.accept(place, texts!, 'api');
      return {
        UnprocessedTraceSegments: refused.map(({ id, code, message }) => ({
          ...(id !== undefined && { Id: id }),
          ErrorCode: code,
          Message: message,
        })),
      };
    },
    PutTelemetryRecords: async () => ({}),
    BatchGetTraces: async ({ TraceIds: ids, NextToken: token }, place) => {
      const wanted = traceIds(ids!);
      const from = readOffset('BatchGetTraces', token);
      const traces = await parts.store.get(place, wanted.slice(from));
      const page = [];
      let chars = 0;
      for (const trace of traces) {
        if (chars > TRACES_PAGE_CHARS) break;
        page.push(printTrace(trace));
        for (const text of trace.documents) chars += text.length;
      }
      const last = traces[page.length - 1]?.id;
      const more = page.length < traces.length && last !== undefined;
      return {
        Traces: page,
        UnprocessedTraceIds: [],
        ...(more && { NextToken: encodeToken('BatchGetTraces', wanted.indexOf(last) + 1) }),
      };
    },
    GetTraceSummaries: (input, place) => summaries(parts, input, place),
  } satisfies XrayHandlers;
}

/** At most five, each once, in X-Ray's form; the form of W3C is taken too. */
export function traceIds(ids: readonly string[]): string[] {
  if (ids.length > BATCH_GET_TRACES_MAX) {
    throw invalid(`TraceIds must have at most ${BATCH_GET_TRACES_MAX} elements.`);
  }
  const forms = ids.map((id) => (W3C_ID.test(id) ? `1-${id.slice(0, 8)}-${id.slice(8)}` : id));
  const broken = forms.find((id) => !TRACE_ID.test(id));
  if (broken !== undefined) throw invalid(`Invalid trace id: ${broken}`);
  return [...new Set(forms)];
}

function printTrace({ id, documents, limitExceeded }: StoredTrace) {
  const tree = treeOf(id, documents);
  const { startUs, endUs } = factsOf(tree);
  const all = [...tree.segments.map((segment) => segment.document), ...tree.orphans];
  return {
    Id: id,
    Duration: Math.round((endUs - startUs) / 1000) / 1000,
    LimitExceeded: limitExceeded,
    Segments: all.map((document) => ({ Id: document.id, Document: printSegment(document) })),
  };
}

type SummariesInput = Parameters<NonNullable<XrayHandlers['GetTraceSummaries']>>[0];

async function summaries(parts: XrayParts, input: SummariesInput, place: Place) {
  const { from, to } = window(input, parts.limits.summariesRangeMs);
  const time = TIMES[input.TimeRangeType ?? 'TraceId']!;
  const keeps = sampled(input);
  const page = await parts.store.find({
    place,
    time,
    from,
    to,
    filter: filterOf(parts, place, input.FilterExpression),
    limit: SUMMARIES_PER_PAGE,
    after: cursorOf(input.NextToken),
  });
  const items = keeps ? page.items.filter(({ facts }) => keeps(facts.id)) : page.items;
  const last = page.items.at(-1);
  return {
    TraceSummaries: items.map(({ facts, revision, updatedAt }) =>
      summaryOf(facts, revision, time === 'update' ? updatedAt : undefined),
    ),
    ApproximateTime: new Date(last ? last.facts.startUs / 1000 : from),
    TracesProcessedCount: page.scanned,
    ...(page.next && { NextToken: encodeToken('GetTraceSummaries', page.next) }),
  };
}

/** A half-open window in whole milliseconds. */
export function window(
  input: { StartTime?: Date | undefined; EndTime?: Date | undefined },
  rangeMsMax: number,
): { from: number; to: number } {
  const from = input.StartTime!.getTime();
  const to = input.EndTime!.getTime();
  if (!(to > from)) throw invalid('EndTime must be later than StartTime.');
  if (to - from > rangeMsMax) {
    const hours = rangeMsMax / 3_600_000;
    throw invalid(`The time range must not be longer than ${hours} hours.`);
  }
  return { from, to };
}

function filterOf(parts: XrayParts, place: Place, text: string | undefined): Filter | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') throw invalid('FilterExpression must not be empty.');
  return parts.groups.expand(place, readFilter(text));
}

function cursorOf(token: string | undefined): TraceCursor | undefined {
  const cursor = readToken('GetTraceSummaries', token) as Partial<TraceCursor> | undefined;
  if (cursor === undefined) return undefined;
  if (typeof cursor?.timeUs !== 'number' || typeof cursor.id !== 'string') {
    throw invalid('Invalid NextToken.');
  }
  return { timeUs: cursor.timeUs, id: cursor.id };
}

/** A fixed share of the traces, always the same ones; undefined where all are wanted. */
function sampled(input: SummariesInput): ((id: string) => boolean) | undefined {
  const { Name: name, Value: share } = input.SamplingStrategy ?? {};
  if (!input.Sampling || name !== 'FixedRate' || share === undefined) return undefined;
  if (share < 0 || share > 1) throw invalid('Value of SamplingStrategy must be from 0 to 1.');
  const bound = share * 0x1_0000_0000;
  return (id) => Number.parseInt(id.slice(-8), 16) < bound;
}
