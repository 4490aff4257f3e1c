/** Failures as X-Ray documents tell them. */
import type { JsonObject } from '../ground/json.ts';
import type { Failure } from './record.ts';
import type { Digest } from './segment-names.ts';

/** `{}` where nothing went wrong, as Step Functions sends it. */
export function causeOf(
  { id: nodeId, failure }: { readonly id: string; readonly failure?: Failure },
  digest: Digest,
): JsonObject {
  if (!failure || (failure.error === undefined && failure.cause === undefined)) return {};
  const message = failure.cause ?? '';
  const id = digest('SHA-256', `${nodeId} exception`).slice(0, 16);
  return { message, exceptions: [{ id, type: failure.error ?? '', message }] };
}

/** The status a service answered a failing call with; a function's own error came with 200. */
export function callStatus(failure: Failure): number {
  const written = /Status Code: (\d{3})/.exec(failure.cause ?? '')?.[1];
  return written ? Number(written) : 200;
}

export function isThrottle(failure: Failure): boolean {
  return /Throttl|TooManyRequests|ProvisionedThroughputExceeded/.test(failure.error ?? '');
}
