/**
 * What the operations of AWS services answer with, reduced to what mocked results are checked for:
 * types, required members, enumerations, lengths and ranges.
 */
import type { Resource } from '../../../asl/resource.ts';

/** Numbers point into `ResultModel.shapes`. */
export type ResultShape =
  | {
      readonly type: 'object';
      /** By the model's own names. */
      readonly members: Readonly<Record<string, number>>;
      readonly required?: readonly string[];
      /** The member whose bytes are the whole body of the answer. */
      readonly payload?: string;
    }
  | ({ readonly type: 'array' | 'map'; readonly of: number } & Bounds)
  /** Timestamps and bytes are texts, too. */
  | ({ readonly type: 'string'; readonly enum?: readonly string[] } & Bounds)
  | ({ readonly type: 'number' } & Bounds)
  | { readonly type: 'boolean' | 'any' };

/** Of a length or of a value. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface ResultModel {
  /** Shape by operation; operations without an answer of their own are absent. */
  readonly operations: Readonly<Record<string, number>>;
  readonly shapes: readonly ResultShape[];
}

export interface ResultModels {
  /** `service` as `aws-sdk` resources name it; undefined where nothing is known of it. */
  of(service: string): ResultModel | undefined;
}

/** Names of optimised integrations that differ from those of the SDK. */
const SDK_NAMES: Readonly<Record<string, string>> = {
  states: 'sfn',
  events: 'eventbridge',
  elasticmapreduce: 'emr',
  'emr-containers': 'emrcontainers',
  'emr-serverless': 'emrserverless',
};

/** Optimised actions of a service that is two services in the SDK. */
const ELSEWHERE: Readonly<Record<string, string>> = { 'bedrock:invokeModel': 'bedrockruntime' };

export interface ExpectedResult {
  readonly model: ResultModel;
  readonly shape: ResultShape;
  /** An optimised integration hands out the payload parsed. */
  readonly parsedPayload: boolean;
}

/**
 * The answer that a Task's result is; undefined where the result is not that of one call (`.sync`,
 * callbacks, activities, functions by their ARN) or where no model tells.
 */
export function expectedResult(
  resource: Resource,
  models: ResultModels,
): ExpectedResult | undefined {
  const { kind, service, action, pattern } = resource;
  if (kind !== 'integration' || pattern !== 'requestResponse') return undefined;
  const sdk = service.startsWith('aws-sdk:');
  const name = sdk
    ? service.slice('aws-sdk:'.length)
    : (ELSEWHERE[`${service}:${action}`] ?? SDK_NAMES[service] ?? service);
  // These take no action of the service's API.
  if (!sdk && (service === 'apigateway' || service === 'http')) return undefined;
  const model = models.of(name.toLowerCase());
  const operation = `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`;
  const shape = model?.operations[operation];
  if (!model || shape === undefined) return undefined;
  return { model, shape: model.shapes[shape]!, parsedPayload: !sdk };
}
