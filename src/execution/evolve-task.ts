/** How the records of a task attempt change a state. */
import { type Apply, type ApplyAny, advance, openOf } from './apply.ts';
import type { OfDeadline, RecordBase } from './record.ts';
import type { ExecutionState, OpenTask } from './state.ts';

type Scheduled = 'TaskScheduled' | 'LambdaFunctionScheduled' | 'ActivityScheduled';

export function scheduled(kind: OpenTask['kind']): Apply<Scheduled> {
  return (state, record) => {
    advance(state, record);
    const { details, hidden } = record;
    const open = openOf(state, record);
    if (hidden.mock !== undefined) state.mocked.set(hidden.stateName, hidden.mock + 1);
    open.phase = 'task';
    open.attempt = record.id;
    open.task = {
      kind,
      token: hidden.token,
      timeoutSeconds: details.timeoutInSeconds,
      heartbeatSeconds: details.heartbeatInSeconds ?? hidden.heartbeatSeconds,
      startedAt: undefined,
      submitted: false,
      due: undefined,
      dueIsHeartbeat: false,
      kept: undefined,
    };
  };
}

type WithDeadline = RecordBase & { readonly hidden: OfDeadline };

export function taskStarted(state: ExecutionState, record: WithDeadline): void {
  advance(state, record);
  openOf(state, record).task!.startedAt = record.at;
  heartbeat(state, record);
}

export function heartbeat(state: ExecutionState, record: WithDeadline): void {
  const task = openOf(state, record).task!;
  const { due, heartbeat } = record.hidden;
  task.due = due;
  task.dueIsHeartbeat = heartbeat === true;
}

export const submitted: ApplyAny = (state, record) => {
  advance(state, record);
  openOf(state, record).task!.submitted = true;
};

export const answerKept: Apply<'answerKept'> = (state, record) => {
  const { failed, output, error, cause } = record.hidden;
  openOf(state, record).task!.kept = { failed, output, error, cause };
};
