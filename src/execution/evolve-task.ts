/** How the records of a task attempt change a state. */
import { type Apply, advance, detailsOf, hiddenOf, openOf } from './apply.ts';

export function scheduled(kind: 'integration' | 'lambda' | 'activity'): Apply {
  return (state, record) => {
    advance(state, record);
    const details = detailsOf(record);
    const hidden = hiddenOf(record);
    const open = openOf(state, record);
    if (hidden.mock !== undefined) {
      state.mocked.set(hidden.stateName as string, (hidden.mock as number) + 1);
    }
    open.phase = 'task';
    open.attempt = record.id;
    open.task = {
      kind,
      token: hidden.token as string | undefined,
      timeoutSeconds: details.timeoutInSeconds as number | undefined,
      heartbeatSeconds: (details.heartbeatInSeconds ?? hidden.heartbeatSeconds) as
        | number
        | undefined,
      startedAt: undefined,
      submitted: false,
      due: undefined,
      dueIsHeartbeat: false,
      kept: undefined,
    };
  };
}

export const taskStarted: Apply = (state, record) => {
  advance(state, record);
  openOf(state, record).task!.startedAt = record.at;
  heartbeat(state, record);
};

export const heartbeat: Apply = (state, record) => {
  const task = openOf(state, record).task!;
  const hidden = hiddenOf(record);
  task.due = hidden.due as number | undefined;
  task.dueIsHeartbeat = hidden.heartbeat === true;
};

export const submitted: Apply = (state, record) => {
  advance(state, record);
  openOf(state, record).task!.submitted = true;
};

export const answerKept: Apply = (state, record) => {
  const { failed, output, error, cause } = hiddenOf(record);
  openOf(state, record).task!.kept = {
    failed: failed as boolean,
    output: output as string | undefined,
    error: error as string | undefined,
    cause: cause as string | undefined,
  };
};
