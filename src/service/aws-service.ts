/**
 * An AWS service as a value. A folder of `service/` exports one `AwsServiceKind`, in which nothing is
 * open yet; opened in a house it is an `AwsService`. Everything that the product has of every service
 * (its tables, operations, tasks, health, retention, order of start and stop) is made of these.
 */
import type { Limits } from '../execution/limits.ts';
import type { JsonObject } from '../ground/json.ts';
import type { Logger } from '../ground/log.ts';
import type { Clock, Tools } from '../ground/tools.ts';
import type { Database } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import type { ResourceStore } from '../store/resources/store.ts';
import type { HandlerTable } from '../wire/dispatch.ts';
import type { RawModel } from '../wire/model/raw.ts';
import type { Quirks } from '../wire/quirks.ts';
import type { AwsCalls } from './calls.ts';
import type { EventBus } from './events/bus.ts';
import type { Service } from './lifecycle.ts';
import type { LimitWatch } from './limits/watch.ts';
import type { Node, NodeWork } from './node.ts';
import type { ExecutionReads } from './ports/executions.ts';
import type { LogSink } from './ports/logs.ts';
import type { Integration } from './ports/tasks.ts';
import type { Traces } from './ports/traces.ts';
import type { Kept } from './retention.ts';
import type { RetryingWrites } from './retrying-writes.ts';

/** What a folder of `service/` exports. Light: its code is imported when it is opened. */
export interface AwsServiceKind<Own = undefined> {
  /** The name of its model's file, and of its folder. */
  readonly id: string;
  /** What it keeps in tables of its own. */
  readonly stores?: readonly StoreKind[];
  readonly quirks?: Quirks;
  /** Its model with the limits of this server in place of AWS's. */
  sized?(model: RawModel, limits: Limits): RawModel;
  /** Nothing runs before `running` is started, and no neighbour is asked for anything. */
  open(house: House, own: Own): Promise<AwsService>;
}

/** Tables of one domain, and the database that they are in. */
export interface StoreKind {
  readonly name: string;
  readonly database: keyof Pick<Databases, 'main' | 'telemetry'>;
  readonly migrations: readonly Migration[];
}

export interface AwsService {
  readonly handlers: HandlerTable;
  /** Ports that it listens on: taken before any work begins, given back first. */
  readonly listening?: readonly Service[];
  /** Started in this order, stopped in reverse. */
  readonly running?: readonly Service[];
  /** What Tasks of state machines can have done here, beside plain calls of operations. */
  readonly tasks?: readonly Integration[];
  readonly kept?: readonly Kept[];
  /** What it is to its neighbours. */
  readonly provides?: Provided;
  /** What it does because of other nodes. */
  readonly nodeWork?: NodeWork;
  /** What it has to tell about itself, beside that it runs. */
  health?(): JsonObject | Promise<JsonObject>;
  /** True while something is at work that a virtual clock must wait for. */
  busy?(): boolean;
}

/** Ports that every service may use and one service stands behind. */
export interface Provided {
  readonly logs?: LogSink;
  readonly traces?: Traces;
  readonly executions?: ExecutionReads;
}

/** What every service may use. What only one needs is its `own`, or comes by a call. */
export interface House {
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
  readonly databases: Databases;
  /** Everything configured that has a name, whatever the service. */
  readonly resources: ResourceStore;
  /** How one service asks another. */
  readonly calls: AwsCalls;
  readonly events: EventBus;
  readonly logs: LogSink;
  readonly traces: Traces;
  readonly limits: LimitWatch;
  readonly retryingWrites: RetryingWrites;
}

export interface Databases {
  /** What is acknowledged to callers. */
  readonly main: Database;
  /** Traces and logs, whose large batches never stand before a commit of `main`. */
  readonly telemetry: Database;
  /** This process among those that work on the same data. */
  readonly node: Node;
}
