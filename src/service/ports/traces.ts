/** Where segment documents that the server makes itself go. */
import type { Json } from '../../ground/json.ts';

/** Where everything that we emit ourselves as X-Ray segment documents goes; never drops. */
export interface TraceRecorder {
  record(place: { account: string; region: string }, documents: readonly Json[]): Promise<void>;
}
