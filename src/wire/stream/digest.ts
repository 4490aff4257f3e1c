/** A digest that is given its bytes part by part. Hashes come from the edge, CRCs are our own. */
import type { DigestAlgorithm } from '../../ground/tools.ts';

export interface Digest {
  update(part: Uint8Array): void;
  /** The digest of all parts; called once, at the end. */
  digest(): Uint8Array;
}

/** Begins a hash. */
export type NewDigest = (algorithm: DigestAlgorithm) => Digest;
