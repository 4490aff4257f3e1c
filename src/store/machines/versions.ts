/**
 * Versions and aliases of state machines. A version is a revision frozen under a number that grows
 * and is never given twice; an alias sends starts to one or two versions of its machine. Both go
 * with their machine. Returned objects belong to the caller.
 */
import type { Page } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';

/** What an update replaces as a whole, and what a version freezes. */
export interface Revision {
  /** Undefined until the first change. */
  readonly id?: string;
  readonly at: Instant;
  readonly definitionHash: string;
  readonly roleArn: string;
  /** JSON of the configurations as given; undefined where never given. */
  readonly logging?: string;
  readonly tracing?: string;
  readonly encryption?: string;
}

export interface StoredVersion {
  readonly machineArn: string;
  readonly number: number;
  readonly createdAt: Instant;
  readonly description?: string;
  readonly revision: Revision;
}

export interface Route {
  readonly version: number;
  readonly weight: number;
}

export interface StoredAlias {
  readonly machineArn: string;
  readonly name: string;
  readonly description?: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** To distinct versions, in the order they were given. */
  readonly routes: readonly [Route] | readonly [Route, Route];
}

export interface MachinePart {
  readonly machineArn: string;
  readonly limit: number;
  readonly token?: string;
}

export interface VersionStore {
  /**
   * False, and nothing is written, where the machine is gone, going or at another revision by now,
   * or where the number is not the one after the last that it gave.
   */
  publish(version: StoredVersion): Promise<boolean>;
  version(machineArn: string, number: number): Promise<StoredVersion | undefined>;
  /** The version that froze this revision. */
  versionOf(machineArn: string, revision: Revision): Promise<StoredVersion | undefined>;
  /** False where an alias refers to it or there is none. */
  deleteVersion(machineArn: string, number: number): Promise<boolean>;
  /** Newest first. Throws AWS's InvalidToken where the token is none of this list's. */
  listVersions(query: MachinePart): Promise<Page<StoredVersion>>;

  /** False where there is one of that name, or the machine or a version is missing (or going). */
  createAlias(alias: StoredAlias): Promise<boolean>;
  /** Replaces description, routes and time; false where the alias or a version is missing. */
  updateAlias(alias: StoredAlias): Promise<boolean>;
  alias(machineArn: string, name: string): Promise<StoredAlias | undefined>;
  deleteAlias(machineArn: string, name: string): Promise<void>;
  /** Oldest first; with `version` those that refer to it. Throws as `listVersions`. */
  listAliases(query: MachinePart & { readonly version?: number }): Promise<Page<StoredAlias>>;

  /** How many there are of a machine. */
  counts(machineArn: string): Promise<{ readonly versions: number; readonly aliases: number }>;
}
