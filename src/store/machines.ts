/**
 * State machines, their definitions, activities, and the tags of both. Everything belongs to an
 * account and a region, which its ARN names.
 *
 * A definition is stored once by its content hash and stays when its machine goes, because
 * executions run what they began with. Returned objects belong to the caller.
 */
import type { Page } from '../ground/page.ts';
import type { Instant } from '../ground/time.ts';

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
}

/** What an update replaces as a whole, and what a version will freeze. */
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

export interface MachineStore {
  /** Where the ARN exists nothing is written and the existing machine comes back. */
  create(machine: StoredMachine, definition: string): Promise<StoredMachine | undefined>;
  /** Replaces `from` by `to`; false where the machine is gone or at another revision by now. */
  revise(arn: string, from: Revision, to: Revision, definition?: string): Promise<boolean>;
  /** True where there was one. */
  delete(arn: string): Promise<boolean>;
  machine(arn: string): Promise<StoredMachine | undefined>;
  /** Oldest first. Throws AWS's InvalidToken where the token is none of this list's. */
  list(query: ListPlace): Promise<Page<StoredMachine>>;
  definition(hash: string): Promise<string | undefined>;

  createActivity(activity: StoredActivity): Promise<StoredActivity | undefined>;
  deleteActivity(arn: string): Promise<void>;
  activity(arn: string): Promise<StoredActivity | undefined>;
  listActivities(query: ListPlace): Promise<Page<StoredActivity>>;

  /** Replaces the tags of a machine or activity; false where `from` is not what it has (any more). */
  retag(arn: string, from: readonly Tag[], to: readonly Tag[]): Promise<boolean>;
}
