/** Which function does the work of which type of state. */
import type { Evaluation } from '../../asl/env.ts';
import type { State, StateType } from '../../asl/machine.ts';
import type { Step } from '../step.ts';
import { executeChoice } from './choice.ts';
import { executeDistributed } from './distributed.ts';
import { executeFail } from './fail.ts';
import { executeMap, resumeMap } from './map.ts';
import { executeParallel, resumeParallel } from './parallel.ts';
import { executePass } from './pass.ts';
import { executeSucceed } from './succeed.ts';
import { executeTask } from './task.ts';
import { executeWait } from './wait.ts';

type Executors = {
  readonly [T in StateType]: (step: Step<Extract<State, { type: T }>>) => Evaluation<void>;
};

const EXECUTORS: Executors = {
  Pass: executePass,
  Task: executeTask,
  Choice: executeChoice,
  Wait: executeWait,
  Succeed: executeSucceed,
  Fail: executeFail,
  Parallel: executeParallel,
  Map: (step) => (step.definition.mode === 'DISTRIBUTED' ? executeDistributed : executeMap)(step),
};

/** Does the work of a state that has been entered, or is to be tried again. */
export function execute(step: Step): Evaluation<void> {
  const run = EXECUTORS[step.open.type] as (step: Step) => Evaluation<void>;
  return run(step);
}

/** Goes on with a Parallel or Map whose branches or iterations have moved. */
export function resume(step: Step): Evaluation<void> {
  return step.open.type === 'Map'
    ? resumeMap(step as Step<Extract<State, { type: 'Map' }>>)
    : resumeParallel(step as Step<Extract<State, { type: 'Parallel' }>>);
}
