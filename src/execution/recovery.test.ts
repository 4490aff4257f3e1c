/** Every Retry × Catch × outcome of one Task, against a model of a few lines. */
import { expect, test } from 'vitest';
import { INVOKE, plainState, TestExecution } from './testing.ts';

type Outcome = 'ok' | 'E' | 'F' | 'timeout';
const OUTCOMES: readonly Outcome[] = ['ok', 'E', 'F', 'timeout'];
const RETRIES: readonly (readonly [string, number][])[] = [
  [],
  [['E', 0]],
  [['E', 1]],
  [['States.ALL', 1]],
  [['States.Timeout', 2]],
  [['States.TaskFailed', 2]],
  [
    ['E', 1],
    ['States.ALL', 1],
  ],
];
const CATCHES = ['none', 'E', 'States.ALL', 'States.TaskFailed', 'States.Timeout'];

const covers = (name: string, outcome: Outcome): boolean =>
  name === 'States.ALL' ||
  name === outcome ||
  (name === 'States.Timeout' && outcome === 'timeout') ||
  (name === 'States.TaskFailed' && outcome !== 'timeout');

/** How many attempts there are, and how it ends. */
function model(retries: (typeof RETRIES)[number], caughtBy: string, outcomes: readonly Outcome[]) {
  const used = retries.map(() => 0);
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome === 'ok') return { attempts: i + 1, end: 'ok' };
    const index = retries.findIndex(([name]) => covers(name, outcome));
    if (index >= 0 && used[index]! < retries[index]![1]) used[index]!++;
    else return { attempts: i + 1, end: covers(caughtBy, outcome) ? 'caught' : 'failed' };
  }
  return { attempts: outcomes.length + 1, end: 'open' };
}

function play(retries: (typeof RETRIES)[number], caughtBy: string, outcomes: readonly Outcome[]) {
  const run = new TestExecution({
    StartAt: 'S',
    States: {
      S: {
        Type: 'Task',
        Resource: INVOKE,
        TimeoutSeconds: 5,
        Retry: retries.map(([name, MaxAttempts]) => ({ ErrorEquals: [name], MaxAttempts })),
        Catch: [{ ErrorEquals: [caughtBy], Next: 'C' }],
        Next: 'Z',
      },
      C: { Type: 'Pass', Result: 'caught', End: true },
      Z: { Type: 'Pass', Result: 'ok', End: true },
    },
  }).start();
  for (const outcome of outcomes) {
    if (run.state.status !== 'RUNNING') break;
    run.began();
    if (outcome === 'ok') run.succeed();
    else if (outcome === 'timeout') run.tick();
    else run.failed(outcome);
    if (run.last.type === 'timerStarted') run.tick();
  }
  return run;
}

test.each(RETRIES.map((retries) => [retries]))('Retry %j', (retries) => {
  for (const caughtBy of CATCHES) {
    for (let n = 0; n < OUTCOMES.length ** 3; n++) {
      const outcomes = [n % 4, (n >> 2) % 4, n >> 4].map((i) => OUTCOMES[i]!);
      const run = play(retries, caughtBy, outcomes);
      const attempts = run.types.filter((type) => type === 'TaskScheduled').length;
      const { status } = run.state;
      const end =
        status === 'RUNNING' ? 'open' : status === 'FAILED' ? 'failed' : (run.output as string);
      const where = `${caughtBy} ${outcomes.join()}`;
      expect({ where, attempts, end }).toEqual({ where, ...model(retries, caughtBy, outcomes) });
      expect(plainState(run.folded())).toEqual(plainState(run.state));
    }
  }
});
