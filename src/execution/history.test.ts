import { expect, test } from 'vitest';
import { detailsMember, historyEvent } from './history.ts';
import { isLogged, logEvent } from './log-event.ts';
import { FACTS, INVOKE, TestExecution } from './testing.ts';

const definition = {
  StartAt: 'P',
  States: {
    P: { Type: 'Pass', Assign: { v: 1 }, Next: 'T' },
    T: { Type: 'Task', Resource: INVOKE, End: true },
  },
};
const run = new TestExecution(definition).start({ a: 1 }).began().succeed('out');
const ALL = { includeExecutionData: true };

test('events in the shape of the API', () => {
  expect(historyEvent(run.records[2]!, ALL)).toEqual({
    timestamp: new Date(FACTS.startedAt),
    type: 'PassStateExited',
    id: 3,
    previousEventId: 2,
    stateExitedEventDetails: {
      name: 'P',
      output: '{"a":1}',
      outputDetails: { truncated: false },
      assignedVariables: { v: '1' },
      assignedVariablesDetails: { truncated: false },
    },
  });
  const members = run.records.map(
    (record) => Object.keys(historyEvent(record, ALL)).find((key) => key.endsWith('Details'))!,
  );
  expect(members).toEqual([
    'executionStartedEventDetails',
    'stateEnteredEventDetails',
    'stateExitedEventDetails',
    'stateEnteredEventDetails',
    'taskScheduledEventDetails',
    'taskStartedEventDetails',
    'taskSucceededEventDetails',
    'stateExitedEventDetails',
    'executionSucceededEventDetails',
  ]);
  expect(detailsMember('LambdaFunctionScheduled')).toBe('lambdaFunctionScheduledEventDetails');
  expect(detailsMember('MapStateStarted')).toBe('mapStateStartedEventDetails');
});

test('without execution data, and with long data cut', () => {
  const bare = run.records.map((record) => historyEvent(record, { includeExecutionData: false }));
  const shown = JSON.stringify(bare);
  for (const hidden of ['input', 'output', 'parameters', 'assignedVariables']) {
    expect(shown).not.toContain(`"${hidden}`);
  }
  expect(shown).toContain('roleArn');
  expect(historyEvent(run.records[1]!, { ...ALL, truncate: 3 })).toMatchObject({
    stateEnteredEventDetails: { input: '{"a', inputDetails: { truncated: true } },
  });
});

test('events without details have no such member', () => {
  const map = {
    StartAt: 'M',
    States: { M: { Type: 'Map', ItemProcessor: definition, End: true } },
  };
  const succeeded = new TestExecution(map)
    .start([])
    .records.find((record) => record.type === 'MapStateSucceeded')!;
  expect(Object.keys(historyEvent(succeeded, ALL))).toEqual([
    'timestamp',
    'type',
    'id',
    'previousEventId',
  ]);
  const options = { ...ALL, executionArn: FACTS.arn, redriveCount: 0 };
  expect(logEvent(succeeded, options).details).toEqual({});
});

test('log events', () => {
  const options = { ...ALL, executionArn: FACTS.arn, redriveCount: 2, mapRunArn: undefined };
  expect(logEvent(run.records[0]!, options)).toEqual({
    id: '1',
    type: 'ExecutionStarted',
    details: {
      input: '{"a":1}',
      inputDetails: { truncated: false },
      roleArn: FACTS.roleArn,
    },
    previous_event_id: '0',
    event_timestamp: '1000000',
    execution_arn: FACTS.arn,
    redrive_count: '2',
  });
});

test.each([
  ['ExecutionStarted', 'ALL'],
  ['TaskSucceeded', 'ALL'],
  ['PassStateEntered', 'ALL'],
  ['FailStateEntered', 'ERROR'],
  ['EvaluationFailed', 'ERROR'],
  ['LambdaFunctionTimedOut', 'ERROR'],
  ['ActivityFailed', 'ERROR'],
  ['TaskSubmitFailed', 'ERROR'],
  ['TaskStateAborted', 'ERROR'],
  ['MapIterationAborted', 'ERROR'],
  ['ParallelStateFailed', 'ERROR'],
  ['ExecutionFailed', 'FATAL'],
  ['ExecutionTimedOut', 'FATAL'],
  ['timerStarted', undefined],
] as const)('%s is logged from level %s on', (type, level) => {
  const levels = (['ALL', 'ERROR', 'FATAL', 'OFF'] as const).filter((one) => isLogged(type, one));
  expect(levels.at(-1)).toBe(level);
});
