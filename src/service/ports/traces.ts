/** Where segment documents that the server makes itself go, and what decides whether it makes any. */
import type { Place } from '../../ground/arn.ts';
import type { Json } from '../../ground/json.ts';

/** Where everything that we emit ourselves as X-Ray segment documents goes; never drops. */
export interface TraceRecorder {
  record(place: Place, documents: readonly Json[]): Promise<void>;
}

/** Decides for requests that nobody upstream has decided about. */
export interface Sampler {
  sample(place: Place, request: SampledService): boolean;
}

export interface SampledService {
  readonly serviceName: string;
  /** `origin` of its segments. */
  readonly serviceType: string;
  readonly resourceARN: string;
}

/** What X-Ray is to the other services. */
export interface Traces extends TraceRecorder, Sampler {}
