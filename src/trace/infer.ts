/**
 * Which service a segment or a call belongs to: the node it is on the service map.
 *
 * A call whose callee sends no segment of its own still gives a node; its name and type come from
 * the caller's subsegment. Table: recorded traces; DynamoDB by table, SQS by URL, Lambda by
 * function.
 */
import { awsServiceName } from './aws-names.ts';
import type { SegmentDocument } from './segment.ts';

export interface Service {
  readonly name: string;
  /** `origin` of its segments; undefined where they have none. */
  readonly type: string | undefined;
  readonly account: string | undefined;
}

export const CLIENT_TYPE = 'client';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The node of a segment that a producer sent. */
export function serviceOf(segment: SegmentDocument): Service {
  return {
    name: segment.name,
    type: segment.origin,
    account: textOf(segment.aws?.account_id),
  };
}

/** Node and origin of what a subsegment calls. */
export function calledService(call: SegmentDocument): {
  service: Service;
  origin: string | undefined;
} {
  if (call.namespace === 'remote') {
    const type = call.sql === undefined ? 'remote' : 'Database::SQL';
    return { service: { name: call.name, type, account: undefined }, origin: undefined };
  }
  const { origin, name } = awsCallee(call);
  return { service: { name, type: origin, account: undefined }, origin };
}

function awsCallee(call: SegmentDocument): { origin: string; name: string } {
  const aws = call.aws ?? {};
  const service = awsServiceName(call.name);
  const whole = { origin: `AWS::${service}`, name: service };
  switch (service) {
    case 'DynamoDB': {
      const table = textOf(aws.table_name) ?? onlyOne(aws.table_names);
      return table === undefined ? whole : { origin: 'AWS::DynamoDB::Table', name: table };
    }
    case 'SQS': {
      const queue = textOf(aws.queue_url);
      return queue === undefined ? whole : { origin: 'AWS::SQS::Queue', name: queue };
    }
    case 'Lambda':
      return { ...whole, name: functionName(textOf(aws.function_name)) ?? service };
    default:
      return whole;
  }
}

/** Of a call with a list of resources (BatchGetItem): the one that it names alone. */
function onlyOne(value: unknown): string | undefined {
  return Array.isArray(value) && value.length === 1 ? textOf(value[0]) : undefined;
}

/** A function's own segments bear its name, whether it was called by name or by ARN. */
function functionName(reference: string | undefined): string | undefined {
  return /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(reference ?? '')?.[1] ?? reference;
}

/** The segment that stands for a callee which sent none. Its id is always the same for a call. */
export function inferredSegment(
  traceId: string,
  call: SegmentDocument,
  origin: string | undefined,
): SegmentDocument {
  return {
    trace_id: traceId,
    id: inferredId(call.id),
    name: call.name,
    start_time: call.start_time,
    ...(call.end_time !== undefined && { end_time: call.end_time }),
    parent_id: call.id,
    ...(call.http && { http: call.http }),
    ...(call.aws && { aws: call.aws }),
    ...(call.error !== undefined && { error: call.error }),
    ...(call.fault !== undefined && { fault: call.fault }),
    ...(call.throttle !== undefined && { throttle: call.throttle }),
    ...(call.cause !== undefined && { cause: call.cause }),
    ...(origin !== undefined && { origin }),
    inferred: true,
  };
}

/** Another 16 hex digits made from 16: two rounds of FNV-1a over the text. */
function inferredId(id: string): string {
  return fnv1a(`inferred ${id}`, 0x811c9dc5) + fnv1a(`${id} inferred`, 0x01000193);
}

function fnv1a(text: string, basis: number): string {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
