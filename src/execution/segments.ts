/**
 * An execution's records as X-Ray documents: one segment for the execution, a subsegment for each
 * state entry, each Branch or Iteration, and each call a task attempt made.
 *
 * `add` takes records in order; `flush` answers the documents that are new or changed since the
 * last flush. Feeding the same records again gives the same ids, so a restart may project anew.
 * Shapes and flags: recorded traces of Step Functions.
 */
import type { Json } from '../ground/json.ts';
import type { Failure, HistoryRecord, RecordBase, RecordOf, RecordType } from './record.ts';
import { SegmentLanes } from './segment-lanes.ts';
import { type Digest, functionCall, integrationCall } from './segment-names.ts';
import type { TracedExecution } from './segment-tree.ts';

export class ExecutionSegments {
  readonly #lanes: SegmentLanes;

  constructor(execution: TracedExecution, digest: Digest) {
    this.#lanes = new SegmentLanes(execution, digest);
  }

  /** True once the execution's end has been added. */
  get ended(): boolean {
    return this.#lanes.tree.root?.end !== undefined;
  }

  add(record: HistoryRecord): void {
    add(this.#lanes, record);
  }

  /** Documents for everything new or changed. */
  flush(): Json[] {
    return this.#lanes.tree.flush();
  }
}

function add<T extends RecordType>(lanes: SegmentLanes, record: RecordOf<T>): void {
  ADD[record.type]?.(lanes, record);
}

type Add<T extends RecordType> = (lanes: SegmentLanes, record: RecordOf<T>) => void;

const visit = (lanes: SegmentLanes, record: RecordBase): void => {
  lanes.visit(record);
};

const enter: Add<Extract<RecordType, `${string}StateEntered`>> = (lanes, record) =>
  lanes.enter(record, record.details.name, record.type === 'MapStateEntered');

const exit = (lanes: SegmentLanes, record: RecordBase): void => lanes.exit(record);

type Failed = RecordBase & { readonly details: Failure };

const fail = (lanes: SegmentLanes, record: Failed): void => lanes.fail(record, record.details);
const timeOut = (lanes: SegmentLanes, record: Failed): void =>
  lanes.fail(record, record.details, true);

/** The answer of an integration through the SDK has no metadata in it, nor has a function's. */
const resultOf = ({ details }: RecordOf<'TaskSucceeded' | 'TaskSubmitted'>): string | undefined =>
  details.resourceType?.includes(':') ? undefined : details.output;

const gather =
  (outcome: Parameters<SegmentLanes['gather']>[1]) =>
  (lanes: SegmentLanes, record: RecordBase): void =>
    lanes.gather(record, outcome);

/** `null`: private, not shown. What opens and closes nothing still says that its lane goes on. */
const ADD: { readonly [T in RecordType]: Add<T> | null } = {
  ExecutionStarted: (lanes, record) => lanes.begin(record),
  ExecutionSucceeded: (lanes, { at }) => lanes.finish(at),
  ExecutionFailed: (lanes, { at, details }) => lanes.finish(at, details),
  ExecutionAborted: (lanes, { at, details }) => lanes.finish(at, details, 'error'),
  ExecutionTimedOut: (lanes, { at, details }) => lanes.finish(at, details),
  ExecutionRedriven: (lanes, record) => lanes.redrive(record, record.details.redriveCount),
  continue: null,
  PassStateEntered: enter,
  TaskStateEntered: enter,
  ChoiceStateEntered: enter,
  WaitStateEntered: enter,
  SucceedStateEntered: enter,
  FailStateEntered: enter,
  ParallelStateEntered: enter,
  MapStateEntered: enter,
  PassStateExited: exit,
  TaskStateExited: exit,
  ChoiceStateExited: exit,
  WaitStateExited: exit,
  SucceedStateExited: exit,
  ParallelStateExited: exit,
  MapStateExited: exit,
  EvaluationFailed: fail,
  timerStarted: null,
  timerFired: null,
  TaskScheduled: (lanes, record) => {
    const { resourceType, resource, parameters, region } = record.details;
    lanes.call(record, integrationCall(resourceType, resource, parameters, region));
  },
  LambdaFunctionScheduled: (lanes, record) =>
    lanes.call(record, functionCall(record.details.resource)),
  ActivityScheduled: visit,
  TaskStarted: visit,
  LambdaFunctionStarted: visit,
  ActivityStarted: visit,
  taskHeartbeat: null,
  TaskSubmitted: (lanes, record) => {
    lanes.answer(record, resultOf(record));
  },
  answerKept: null,
  TaskSucceeded: (lanes, record) => lanes.succeed(record, resultOf(record)),
  LambdaFunctionSucceeded: (lanes, record) => lanes.succeed(record, undefined),
  ActivitySucceeded: (lanes, record) => lanes.succeed(record, undefined),
  TaskFailed: fail,
  TaskSubmitFailed: fail,
  LambdaFunctionFailed: fail,
  ActivityFailed: fail,
  TaskTimedOut: timeOut,
  LambdaFunctionTimedOut: timeOut,
  ActivityTimedOut: timeOut,
  TaskStateAborted: visit,
  WaitStateAborted: visit,
  ParallelStateStarted: gather('started'),
  ParallelStateSucceeded: gather('succeeded'),
  ParallelStateFailed: gather('failed'),
  ParallelStateAborted: gather('aborted'),
  MapStateStarted: gather('started'),
  MapStateSucceeded: gather('succeeded'),
  MapStateFailed: gather('failed'),
  MapStateAborted: gather('aborted'),
  MapIterationStarted: visit,
  MapIterationSucceeded: (lanes, record) => lanes.leave(record, false),
  MapIterationFailed: (lanes, record) => lanes.leave(record, true),
  MapIterationAborted: (lanes, record) => lanes.leave(record, true),
  MapRunStarted: visit,
  MapRunRedriven: visit,
  MapRunSucceeded: visit,
  MapRunFailed: fail,
  MapRunAborted: visit,
  childrenClosed: null,
};
