/**
 * Map Runs: what was asked for, and how far each is. `seq` counts a run's commits and is the fence,
 * as with executions. Its children are ordinary executions; the commit that closes one leaves an
 * ending here (Commit.ended), which stays until a commit of the run has counted it.
 */
import type { ChildEnding, MapRunState } from '../../execution/maprun.ts';
import type { MapRunOrder } from '../../execution/maprun-order.ts';
import type { ScopePath } from '../../execution/record.ts';
import type { Page } from '../../ground/page.ts';
import type { WorkRow } from '../executions/store.ts';

export interface StoredMapRun {
  /** Internal number; from the same source as those of executions. */
  readonly id: number;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  /** The execution whose state began it. */
  readonly execution: { readonly id: number; readonly arn: string; readonly scope: ScopePath };
  /** Of its children: the machine's ARN and name with the label. */
  readonly machineArn: string;
  readonly machineName: string;
  readonly order: MapRunOrder;
  readonly seq: number;
  readonly state: MapRunState;
}

export interface MapRunCommit {
  readonly run: number;
  readonly expectedSeq: number;
  readonly state: MapRunState;
  /** Numbers of the children whose endings the state has counted, ascending. */
  readonly counted: readonly number[];
  /** The row that tells the outcome; an execution that has stopped is told nothing. */
  readonly tell?: WorkRow;
}

export interface MapRunStore {
  /** Where the ARN exists nothing is written and the existing run comes back. */
  create(run: StoredMapRun): Promise<StoredMapRun | undefined>;
  commit(commit: MapRunCommit): Promise<'ok' | 'conflict'>;
  byArn(arn: string): Promise<StoredMapRun | undefined>;
  /** Those that are in another stage than `closed`, oldest first. */
  open(after: number, limit: number): Promise<StoredMapRun[]>;
  /** Of one execution, most recent first. Throws AWS's InvalidToken. */
  ofExecution(execution: number, limit: number, token?: string): Promise<Page<StoredMapRun>>;
  /** Endings that no commit has counted. */
  endings(run: number): Promise<ChildEnding[]>;
}
