/**
 * From a producer's document to the processed one: known members with the right type stay, all else
 * is dropped, and `aws.resource_names` is added. AWS answers processed documents, never the bytes
 * that were sent. Oddities of the Node and Python SDKs are mended here.
 */
import { isObject, type Json, type JsonObject } from '../ground/json.ts';
import { ANNOTATION_KEY_LENGTH_MAX, ANNOTATION_VALUE_LENGTH_MAX } from './limits.ts';
import {
  type CauseBlock,
  type ExceptionBlock,
  type HttpBlock,
  isEntityId,
  type SegmentDocument,
} from './segment.ts';

type Reader = (value: Json) => unknown;

const text: Reader = (value) => (typeof value === 'string' ? value : undefined);
const flag: Reader = (value) => (typeof value === 'boolean' ? value : undefined);
const number: Reader = (value) => (typeof value === 'number' ? value : undefined);
const object: Reader = (value) => (isObject(value) ? value : undefined);
/** The Node SDK sends `content_length` as text. */
const integer: Reader = (value) => {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? Math.trunc(parsed) : undefined;
};
const texts: Reader = (value) =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;

const reading =
  (readers: Readonly<Record<string, Reader>>): Reader =>
  (value) =>
    isObject(value) ? pick(value, readers) : undefined;

const listOf =
  (reader: Reader): Reader =>
  (value) =>
    Array.isArray(value) ? value.map(reader).filter((item) => item !== undefined) : undefined;

const http = reading({
  request: reading({
    url: text,
    method: text,
    user_agent: text,
    client_ip: text,
    x_forwarded_for: flag,
    traced: flag,
  }),
  response: reading({ status: integer, content_length: integer }),
}) as (value: Json) => HttpBlock | undefined;

const exception = reading({
  id: text,
  type: text,
  message: text,
  remote: flag,
  truncated: number,
  skipped: number,
  cause: text,
  stack: listOf(reading({ path: text, line: number, label: text })),
}) as (value: Json) => ExceptionBlock | undefined;

const causeBlock = reading({
  message: text,
  working_directory: text,
  paths: texts,
  exceptions: listOf(exception),
}) as (value: Json) => CauseBlock | undefined;

const cause: Reader = (value) => {
  if (typeof value === 'string') return value;
  // The Node SDK points to a child's exception with an object that has only its id.
  if (isObject(value) && isEntityId(value.id) && !Array.isArray(value.exceptions)) return value.id;
  return causeBlock(value);
};

/**
 * Letters, digits, `_`, dots and the colon of AWS's own (`aws:api_stage`); what has another
 * character in its key is dropped without a word, as X-Ray does.
 */
const ANNOTATION_KEY = /^[A-Za-z0-9_.:]+$/;

const annotations: Reader = (value) => {
  if (!isObject(value)) return undefined;
  const kept = Object.entries(value).filter(
    ([key, item]) =>
      key.length <= ANNOTATION_KEY_LENGTH_MAX &&
      ANNOTATION_KEY.test(key) &&
      (typeof item === 'number' ||
        typeof item === 'boolean' ||
        (typeof item === 'string' && item.length <= ANNOTATION_VALUE_LENGTH_MAX)),
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
};

const ENTITY: Readonly<Record<string, Reader>> = {
  id: text,
  name: text,
  start_time: number,
  end_time: number,
  trace_id: text,
  parent_id: text,
  type: (value) => (value === 'subsegment' ? value : undefined),
  namespace: (value) => (value === 'aws' || value === 'remote' ? value : undefined),
  origin: text,
  resource_arn: text,
  user: text,
  traced: flag,
  error: flag,
  fault: flag,
  throttle: flag,
  http,
  aws: object,
  cause,
  annotations,
  metadata: object,
  service: object,
  sql: object,
  links: listOf(object),
  precursor_ids: texts,
};

function pick(value: JsonObject, readers: Readonly<Record<string, Reader>>): object {
  const kept: Record<string, unknown> = {};
  for (const key in value) {
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    const item = reader?.(value[key]!);
    if (item !== undefined) kept[key] = item;
  }
  return kept;
}

/**
 * The processed form of a validated document, without its subsegments: those are handed back beside
 * it, unprocessed.
 */
export function normalise(value: JsonObject): { entity: SegmentDocument; children: JsonObject[] } {
  const entity = pick(value, ENTITY) as SegmentDocument;
  if (entity.end_time === undefined) entity.in_progress = true;
  else if (entity.end_time < entity.start_time) entity.end_time = entity.start_time;
  const names = resourceNames(entity);
  if (names) entity.aws = { ...entity.aws, resource_names: names };
  const children = Array.isArray(value.subsegments) ? value.subsegments.filter(isObject) : [];
  return { entity, children };
}

const RESOURCE_MEMBERS = ['table_name', 'function_name', 'queue_url', 'topic_arn', 'bucket_name'];

function resourceNames(entity: SegmentDocument): string[] | undefined {
  if (entity.origin === 'AWS::Lambda::Function') return [entity.name];
  const aws = entity.aws;
  if (!aws || entity.namespace !== 'aws' || aws.resource_names !== undefined) return undefined;
  for (const member of RESOURCE_MEMBERS) {
    const name = aws[member];
    if (typeof name === 'string' && name !== '') return [name];
  }
  return undefined;
}
