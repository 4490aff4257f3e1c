/**
 * What results and errors of the optimised integrations look like: they carry the HTTP metadata of
 * the call, in the forms of the AWS SDK for Java that Step Functions works with (recorded).
 */
import type { TaskOrder } from '../../execution/effect.ts';
import { type Fault, isFault } from '../../ground/fault.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  printJson,
  tryParseJson,
} from '../../ground/json.ts';
import type { TaskOutcome } from '../ports/tasks.ts';

export interface SdkService {
  /** Of error names: `Lambda`, `StepFunctions`. */
  readonly prefix: string;
  /** As causes name it: `AWSLambda`. */
  readonly name: string;
}

/** `headers` in the order of the answer. */
export function sdkMetadata(
  status: number,
  requestId: string,
  headers: readonly (readonly [string, string])[],
): { SdkHttpMetadata: JsonObject; SdkResponseMetadata: JsonObject } {
  const sorted = [...headers].sort(([a], [b]) =>
    a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0,
  );
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
      HttpHeaders: Object.fromEntries(sorted),
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

/** The date header of an answer. */
export const httpDate = (at: number): string => new Date(at).toUTCString();

/** What a refused call is to its task. Errors that are no Fault are defects of ours. */
export function refused(service: SdkService, error: unknown, requestId: string): TaskOutcome {
  const fault = isFault(error) ? error : undefined;
  const status = fault?.status ?? (fault?.side === 'client' ? 400 : 500);
  const message = fault?.message ?? 'Internal failure';
  const code = fault?.code ?? 'InternalFailure';
  const where = `Service: ${service.name}; Status Code: ${status}; Error Code: ${code}`;
  return {
    type: 'Failed',
    error: `${service.prefix}.${className(service, fault)}`,
    cause: `${message} (${where}; Request ID: ${requestId}; Proxy: null)`,
  };
}

/** Codes that the SDK has a class for end in Exception; all others share the service's own. */
function className(service: SdkService, fault: Fault | undefined): string {
  const base = service.name.startsWith('AWS') ? service.name : `AWS${service.name}`;
  if (!fault || fault.side === 'server') {
    return service.prefix === 'Lambda' ? 'ServiceException' : `${base}Exception`;
  }
  if (UNMODELLED.has(fault.code)) return `${base}Exception`;
  return fault.code.endsWith('Exception') ? fault.code : `${fault.code}Exception`;
}

const UNMODELLED = new Set([
  'ValidationException',
  'ThrottlingException',
  'SerializationException',
]);

/** Whoever sends no object sends nothing. */
export function parametersOf({ parameters }: TaskOrder): JsonObject {
  const given = tryParseJson(parameters);
  return isObject(given) ? given : {};
}

/** A parameter that must be a text; undefined where it is absent or null. */
export function textParameter(parameters: JsonObject, name: string): string | undefined {
  const value: Json | undefined = parameters[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : printJson(value);
}
