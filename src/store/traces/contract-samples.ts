/** Documents and a clock for examinations of trace stores. */
import { Random } from '../../../sim/random.ts';
import { ManualClock } from '../../../test/support/clock.ts';
import { type AcceptedDocument, readDocuments } from '../../trace/segment.ts';

/** Time stands still until it is told to go on; what is due comes with the next turn of the loop. */
export class HandClock extends ManualClock {
  constructor(now: number) {
    super(now, setImmediate);
  }
}

/** A reproducible source of chance. */
export function chance(seed: number): () => number {
  const random = new Random(seed, 'traces');
  return () => random.next();
}

export const START = 1_700_000_000;

export const traceIdOf = (number: number): string =>
  `1-${START.toString(16)}-${number.toString(16).padStart(24, '0')}`;
export const idOf = (number: number): string => number.toString(16).padStart(16, '0');

/** The document, checked as everything that comes in is. */
export function accepted(document: object): AcceptedDocument {
  const { accepted: read, refused } = readDocuments(JSON.stringify(document));
  if (!read[0]) throw new Error(`refused: ${JSON.stringify(refused)}`);
  return read[0];
}

export function segment(
  trace: number,
  id: number,
  more: Record<string, unknown> = {},
): AcceptedDocument {
  return accepted({
    trace_id: traceIdOf(trace),
    id: idOf(id),
    name: 'front',
    start_time: START,
    end_time: START + 0.25,
    ...more,
  });
}

const pick = <T>(random: () => number, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)]!;

const NAMES = ['front', 'orders', 'stock', 'mail'];
const ORIGINS = ['AWS::Lambda::Function', 'AWS::EC2::Instance', undefined];

/** Any document of a few traces: roots, called segments, subsegments alone, some in progress. */
export function randomDocument(random: () => number): AcceptedDocument {
  const trace = Math.floor(random() * 12);
  const id = Math.floor(random() * 6) + 1;
  const start = START + Math.floor(random() * 600) + Math.round(random() * 1000) / 1000;
  const flags = pick(random, [{}, {}, { fault: true }, { error: true }, { throttle: true }]);
  return accepted({
    trace_id: traceIdOf(trace),
    id: idOf(id),
    name: pick(random, NAMES),
    origin: pick(random, ORIGINS),
    start_time: start,
    ...(random() < 0.2
      ? { in_progress: true }
      : { end_time: start + Math.round(random() * 3e3) / 1e3 }),
    ...(id > 1 && random() < 0.8 ? { parent_id: idOf(10 + Math.floor(random() * id)) } : {}),
    ...(id > 4 ? { type: 'subsegment', parent_id: idOf(id - 3) } : {}),
    ...flags,
    ...(random() < 0.4 ? { annotations: randomAnnotations(random) } : {}),
    ...(random() < 0.3 ? { user: pick(random, ['ann', 'bob']) } : {}),
    ...(random() < 0.3 ? { resource_arn: `arn:${pick(random, NAMES)}` } : {}),
    ...(random() < 0.3 ? { http: randomHttp(random) } : {}),
    subsegments: [
      {
        id: idOf(10 + id),
        name: pick(random, ['DynamoDB', 'Lambda', 'api.example.com', 'work']),
        namespace: pick(random, ['aws', 'remote', undefined]),
        start_time: start,
        end_time: start + 0.1,
        aws: { table_name: 'T', function_name: 'orders' },
        ...pick(random, [{}, flags]),
      },
    ],
  });
}

function randomAnnotations(random: () => number): object {
  return {
    [pick(random, ['k', 'size'])]: pick(random, ['x', 'y', 1, 2.5, true, false]),
    name: pick(random, ['x', 'y']),
  };
}

function randomHttp(random: () => number): object {
  return {
    request: { url: `http://h/${pick(random, ['a', 'b'])}`, method: pick(random, ['GET', 'PUT']) },
    response: { status: pick(random, [200, 404, 500]) },
  };
}

const CONDITIONS = [
  'ok',
  'error',
  'fault',
  'throttle',
  'partial',
  'inferred',
  'responsetime > 1',
  'responsetime',
  'duration <= 1.5',
  'http.status = 200',
  'http.status != 404',
  'http.method = "GET"',
  'http.url ENDSWITH "/a"',
  'user',
  'user = "ann"',
  'user != "ann"',
  'resource.arn = "arn:mail"',
  'resource.arn ENDSWITH "orders"',
  'annotation.k',
  'annotation.k = "x"',
  'annotation.k = true',
  'annotation.size > 1',
  'annotation[name] BEGINSWITH "x"',
  'service("orders")',
  'service("stock") { fault }',
  'service() { responsetime > 2 }',
  'service(id(type: "AWS::DynamoDB::Table")) { ok }',
  'edge("front", "orders")',
  'edge("orders", "") { error }',
  'rootcause.fault.service { name = "mail" }',
  'group.name = "none"',
];

/** Any expression of a few conditions. */
export function randomFilter(random: () => number, depth = 2): string {
  const kind = random();
  if (depth === 0 || kind < 0.4) return pick(random, CONDITIONS);
  if (kind < 0.6) return `!(${randomFilter(random, depth - 1)})`;
  const parts = [randomFilter(random, depth - 1), randomFilter(random, depth - 1)];
  return `(${parts.join(kind < 0.8 ? ' AND ' : ' OR ')})`;
}
