/**
 * Names and ids of what an execution shows in X-Ray. Both follow from the execution alone, so that
 * projecting the same records again overwrites the same documents.
 */
import { sdkClient } from '../asl/sdk-services.ts';
import type { Json } from '../ground/json.ts';
import { isObject, tryParseJson } from '../ground/json.ts';
import type { Tools } from '../ground/tools.ts';

export type Digest = Tools['digest'];

const NAME_LENGTH_MAX = 200;
const ILLEGAL = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu;

/**
 * A state's name as X-Ray allows it: illegal characters go, and where any went, `-` and the first 8
 * hex digits of the SHA-1 of the whole name follow. Rule: recovered from recorded traces
 * (`Good or Bad?` → `Good or Bad-8c8d621e`).
 */
export function segmentName(name: string, digest: Digest): string {
  const legal = name.replace(ILLEGAL, '').slice(0, NAME_LENGTH_MAX);
  return legal === name ? name : `${legal}-${digest('SHA-1', name).slice(0, 8)}`;
}

/** Id of the segment or subsegment that a history event stands for; 16 hex digits. */
export function segmentId(
  digest: Digest,
  executionArn: string,
  redriveCount: number,
  what: number | string,
): string {
  return digest('SHA-256', `${executionArn}\n${redriveCount}\n${what}`).slice(0, 16);
}

/**
 * Value of the tracing header for the call of one task attempt: its parent is the call's subsegment.
 * Undefined where the execution knows no trace at all.
 */
export function callHeader(
  digest: Digest,
  execution: {
    readonly arn: string;
    readonly redriveCount: number;
    readonly trace?: { readonly traceId: string; readonly sampled: boolean };
  },
  scheduledEventId: number,
): string | undefined {
  if (!execution.trace) return undefined;
  const { traceId, sampled } = execution.trace;
  if (!sampled) return `Root=${traceId};Sampled=0`;
  const parent = segmentId(digest, execution.arn, execution.redriveCount, scheduledEventId);
  return `Root=${traceId};Parent=${parent};Sampled=1`;
}

/** What a task attempt calls, as its subsegment shows it. */
export interface CalledNames {
  readonly name: string;
  readonly aws: Readonly<Record<string, Json>>;
}

const OPTIMISED: Readonly<Record<string, string>> = {
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  states: 'StepFunctions',
  sns: 'SNS',
  sqs: 'SQS',
  events: 'Events',
  ecs: 'ECS',
  batch: 'Batch',
  glue: 'Glue',
};

/** Parameter that names the called resource, by service, and the member X-Ray shows it under. */
const RESOURCE_MEMBERS: Readonly<Record<string, readonly [parameter: string, member: string]>> = {
  lambda: ['FunctionName', 'function_name'],
  dynamodb: ['TableName', 'table_name'],
  sqs: ['QueueUrl', 'queue_url'],
  sns: ['TopicArn', 'topic_arn'],
};

/** For an integration: `resourceType`, `resource` and so on as TaskScheduled prints them. */
export function integrationCall(
  resourceType: string,
  resource: string,
  parameters: string,
  region: string,
): CalledNames {
  const sdk = resourceType.startsWith('aws-sdk:');
  const service = sdk ? resourceType.slice('aws-sdk:'.length) : resourceType;
  const action = resource.replace(/\.(sync(:2)?|waitForTaskToken)$/, '');
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  const name = (sdk ? sdkClient(service) : OPTIMISED[service]) ?? capital(service);
  const aws: Record<string, Json> = sdk ? { retries: 0, region, operation } : { operation };
  const named = RESOURCE_MEMBERS[service];
  if (named) {
    const given = tryParseJson(parameters);
    const value = isObject(given) ? given[named[0]] : undefined;
    if (typeof value === 'string') {
      aws[named[1]] = service === 'lambda' ? functionName(value) : value;
    }
  }
  return { name, aws };
}

/** For a Task whose resource is a function's ARN. */
export function functionCall(arn: string): CalledNames {
  return { name: 'Lambda', aws: { operation: 'Invoke', function_name: functionName(arn) } };
}

function functionName(reference: string): string {
  const parts = reference.split(':');
  const at = parts.indexOf('function');
  return at >= 0 ? (parts[at + 1] ?? reference) : reference;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
