/**
 * State machines, their definitions, activities, and the tags of both. Everything belongs to an
 * account and a region, which its ARN names.
 *
 * A definition is stored once by its content hash and stays when its machine goes, because
 * executions run what they began with. Returned objects belong to the caller.
 */
import type { Place } from '../../ground/arn.ts';
import type { Page } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';
import type { Revision, StoredVersion, VersionStore } from './versions.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface StoredMachine {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly createdAt: Instant;
  /** In the order they were given. */
  readonly tags: readonly Tag[];
  readonly revision: Revision;
  /** The highest number that a version of it was given; 0 where none was. */
  readonly lastVersion: number;
  /** Its executions are being ended, then it goes; nothing about it changes any more. */
  readonly deleting?: true;
}

export interface StoredActivity {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly encryption?: string;
  readonly tags: readonly Tag[];
}

export interface ListPlace {
  readonly account: string;
  readonly region: string;
  readonly limit: number;
  readonly token?: string;
}

/** What comes with a new revision, in the same commit. */
export interface WithRevision {
  /** Undefined where the text is known. */
  readonly definition?: string | undefined;
  /** The version that freezes it; its number is the one after the machine's last. */
  readonly version?: StoredVersion | undefined;
}

export interface MachineStore extends VersionStore {
  /**
   * With its first version where one is given (whose number is the machine's `lastVersion`). Where
   * the ARN exists nothing is written and the existing machine comes back.
   */
  create(
    machine: StoredMachine,
    definition: string,
    version?: StoredVersion,
  ): Promise<StoredMachine | undefined>;
  /**
   * Gives `from` the revision `to`; false where the machine is gone or going, at another revision
   * by now, or has given another number to a version.
   */
  revise(from: StoredMachine, to: Revision, more?: WithRevision): Promise<boolean>;
  /** False where there is none, or where it is being deleted already. */
  beginDeleting(arn: string): Promise<boolean>;
  /** All that are being deleted. */
  listDeleting(): Promise<StoredMachine[]>;
  /** With its versions and aliases. True where there was one. */
  delete(arn: string): Promise<boolean>;
  machine(arn: string): Promise<StoredMachine | undefined>;
  /**
   * Oldest first, without those that are being deleted. Throws AWS's InvalidToken where the token
   * is none of this list's.
   */
  list(query: ListPlace): Promise<Page<StoredMachine>>;
  definition(hash: string): Promise<string | undefined>;

  createActivity(activity: StoredActivity): Promise<StoredActivity | undefined>;
  deleteActivity(arn: string): Promise<void>;
  activity(arn: string): Promise<StoredActivity | undefined>;
  listActivities(query: ListPlace): Promise<Page<StoredActivity>>;

  /** How many there are, those included that are being deleted. */
  tally(place: Place): Promise<{ machines: number; activities: number }>;

  /** Replaces the tags of a machine or activity; false where `from` is not what it has (any more). */
  retag(arn: string, from: readonly Tag[], to: readonly Tag[]): Promise<boolean>;
}
