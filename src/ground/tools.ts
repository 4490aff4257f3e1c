/**
 * What a pure core may ask of the outside world: the time, chance, ids and digests.
 *
 * The edge supplies the real ones, the simulator supplies seeded ones. Nothing below the edge reads
 * a clock or a random source in any other way.
 */
import type { Instant } from './time.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface Tools {
  now(): Instant;
  /** Uniform in [0, 1). */
  random(): number;
  /** A version 4 UUID in lower case. */
  uuid(): string;
  /** Lower-case hexadecimal digest of the UTF-8 bytes of `text`. */
  digest(algorithm: DigestAlgorithm, text: string): string;
}

/** The process's two sources of surprise in time: what the hour is, and being woken at one. */
export interface Clock {
  now(): Instant;
  /** Calls `wake` once at or after `at`; the returned function cancels it. */
  wake(at: Instant, wake: () => void): () => void;
}
