/**
 * How results and errors of a call to a service read in a Task. Step Functions makes its calls with
 * the AWS SDKs for Java, and theirs are the names and texts: those of version 1 for the optimised
 * integrations, which carry the HTTP metadata of the call, those of version 2 for `aws-sdk`
 * (recorded).
 */
import { sdkClient } from '../../asl/sdk-services.ts';
import { type Fault, isFault } from '../../ground/fault.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { ServiceModel } from '../../wire/model/shapes.ts';
import { protocolsOf } from '../../wire/protocol/table.ts';
import { sdkException } from '../../wire/sdk-names.ts';
import type { TaskOutcome } from '../ports/tasks.ts';

/** What version 1 calls a service; each service that has an optimised integration brings its own. */
export interface OptimisedNames {
  /** Of error names: `Lambda`, `StepFunctions`. */
  readonly prefix: string;
  /** As causes name it: `AWSLambda`. */
  readonly inCauses: string;
  /** The exception of what the service does not list among its errors. */
  readonly otherException: string;
  /** The exception of what goes wrong on the service's side. */
  readonly serverException: string;
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

/**
 * What a refused call of an optimised integration is to its task. Errors that are no Fault are
 * defects of ours.
 */
export function refusedOptimised(
  names: OptimisedNames,
  error: unknown,
  requestId: string,
): TaskOutcome {
  const fault = isFault(error) ? error : undefined;
  const status = fault?.status ?? (fault?.side === 'client' ? 400 : 500);
  const message = fault?.message ?? 'Internal failure';
  const code = fault?.code ?? 'InternalFailure';
  const where = `Service: ${names.inCauses}; Status Code: ${status}; Error Code: ${code}`;
  return {
    type: 'Failed',
    error: `${names.prefix}.${exceptionOf(names, fault)}`,
    cause: `${message} (${where}; Request ID: ${requestId}; Proxy: null)`,
  };
}

/** Codes that version 1 has a class for end in Exception. */
function exceptionOf(names: OptimisedNames, fault: Fault | undefined): string {
  if (!fault || fault.side === 'server') return names.serverException;
  if (UNMODELLED.has(fault.code)) return names.otherException;
  return fault.code.endsWith('Exception') ? fault.code : `${fault.code}Exception`;
}

const UNMODELLED = new Set([
  'ValidationException',
  'ThrottlingException',
  'SerializationException',
]);

/** What a refused call of `aws-sdk` is to its task. Errors that the model lacks share one name. */
export function refusedSdk(service: ServiceModel, fault: Fault, requestId: string): TaskOutcome {
  const client = sdkClient(service.sdkName)!;
  const shape = service.errors.get(fault.code);
  const exception = shape ? sdkException(shape.name) : `${client}Exception`;
  const [protocol] = protocolsOf(service);
  const where = `Service: ${client}, Status Code: ${protocol!.statusOf(service, fault)}`;
  return {
    type: 'Failed',
    error: `${client}.${exception}`,
    cause: `${fault.message} (${where}, Request ID: ${requestId}) (SDK Attempt Count: 1)`,
  };
}
