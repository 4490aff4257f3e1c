/**
 * What AWS's front ends do and the models do not say. Each entry is a recorded or documented answer
 * of AWS that the models alone would get wrong.
 */
import type { ServiceModel } from './model.ts';

/** Code of a broken constraint; ValidationException (ValidationError in query) elsewhere. */
const VALIDATION_CODES: Readonly<Record<string, string>> = {
  logs: 'InvalidParameterException',
  xray: 'InvalidRequestException',
};

export function validationCode(service: ServiceModel): string {
  const plain = service.protocol === 'query' ? 'ValidationError' : 'ValidationException';
  return VALIDATION_CODES[service.id] ?? plain;
}

/** Recorded orders of enum value sets that differ from the usual one. */
export const ENUM_ORDERS: Readonly<Record<string, readonly string[]>> = {
  ExecutionStatus: ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'],
};

/** Enums that the service itself checks: newer runtimes than the model's are welcome. */
export const OPEN_ENUMS: ReadonlySet<string> = new Set(['Runtime']);

/** Required by the model, but left out by clients whose requests AWS answers. */
export const OPTIONAL_MEMBERS: ReadonlySet<string> = new Set([
  // OpenTelemetry's sampler for Python calls it SampleCount.
  'SamplingStatisticsDocument.SampledCount',
]);

/** Texts whose limit counts UTF-8 bytes; every other limit counts characters. */
export const COUNTED_IN_BYTES: ReadonlySet<string> = new Set([
  'ConnectorParameters',
  'SensitiveData',
  'SensitiveDataJobInput',
]);

/** Headers of answers that the models lack, by operation; each with the output's member for it. */
export const UNMODELLED_HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lambda:Invoke': {
    'X-Amzn-Trace-Id': 'TraceHeader',
    'x-amzn-Remapped-Content-Length': 'RemappedContentLength',
  },
};

/** Content type of a body that is one blob. */
export function blobContentType(service: ServiceModel): string {
  return service.id === 'lambda' ? 'application/json' : 'application/octet-stream';
}
