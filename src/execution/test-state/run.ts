/**
 * Runs one state outside of any execution, with the interpreter's own code: the state is entered in
 * an execution that is made up, and what the interpreter records of it is the verdict.
 */

import type { Evaluation } from '../../asl/env.ts';
import { LanguageError } from '../../asl/language-error.ts';
import type { MapState, ParallelState, TaskState, WaitState } from '../../asl/machine.ts';
import { invariant } from '../../ground/invariant.ts';
import { Doc, fitsBytes } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import { effectsOf } from '../effects.ts';
import { executionStarted } from '../event.ts';
import { Fold, type FoldOptions, isEnd } from '../fold.ts';
import { combine, inputOf, leaveWithResult } from '../leave.ts';
import { EXPRESS_DURATION_MS_MAX } from '../limits.ts';
import { isEntered, isExited } from '../record.ts';
import { type Answer, createState } from '../state.ts';
import { execute } from '../states/execute.ts';
import { asJson } from '../states/task.ts';
import { endWait } from '../states/wait.ts';
import { begin, checkSize, tooLarge } from '../transition.ts';
import { prepareMap } from './map.ts';
import { recover, WorkFailed } from './recovery.ts';
import type { Stages } from './stages.ts';
import { TestStep } from './step.ts';
import { isolate } from './subject.ts';
import type { Errand, MapNumbers, Trial, Verdict } from './trial.ts';

export class StateTest {
  readonly trial: Trial;
  /** Of a Map, as far as they are known. */
  readonly numbers: MapNumbers = {};
  readonly #fold: Fold;
  readonly #step: TestStep;

  constructor(trial: Trial, tools: Tools, options: Pick<FoldOptions, 'limits' | 'request'>) {
    const { state, facts, input, variables, context } = trial;
    const fold = new Fold(isolate(state), createState(facts), tools, options);
    const { root } = fold.state;
    fold.append(executionStarted(facts, input, facts.startedAt + EXPRESS_DURATION_MS_MAX), root);
    root.variables = new Map(
      Object.entries(variables).map(([name, value]) => [name, Doc.ofValue(value)]),
    );
    begin(fold, root, Doc.ofText(input));
    this.trial = trial;
    this.#fold = fold;
    this.#step = new TestStep(fold, root, context);
  }

  /** What each stage of the data flow has given so far. */
  get stages(): Stages {
    return this.#step.stages;
  }

  /** The verdict, or what has to be done first: `answer` or `waited` then go on. */
  *start(): Evaluation<Verdict | Errand> {
    this.#lookAhead();
    const verdict = yield* this.#settle(this.#work());
    if (verdict) return verdict;
    const { open } = this.#step;
    if (open.phase === 'waiting') return { type: 'wait', due: open.due! };
    const task = effectsOf(this.#fold.records.at(-1)!).find((effect) => effect.type === 'task');
    invariant(task, 'a state that is not through has scheduled a task');
    const { mock } = this.trial;
    if (!mock) return { type: 'task', order: task.order };
    const failed = mock.type === 'error';
    return yield* this.answer(failed ? { ...mock, failed } : { failed, output: mock.result });
  }

  /** The task's work is done. */
  *answer(answer: Answer): Evaluation<Verdict> {
    return (yield* this.#settle(this.#answered(answer)))!;
  }

  /** The time to wait for has come. */
  *waited(): Evaluation<Verdict> {
    return (yield* this.#settle(endWait(this.#step as TestStep<WaitState>)))!;
  }

  /** Stages that need no work; where one fails, the work will fail the same way. */
  #lookAhead(): void {
    const { state } = this.trial;
    const { stages } = this;
    const input = attempt(() => inputOf(this.#step, 'inputPath' in state ? state : {}));
    if (!input) return;
    const jsonata = state.queryLanguage === 'JSONata';
    if (!jsonata) stages.afterInputPath = input;
    if (!('parameters' in state)) stages[jsonata ? 'afterArguments' : 'afterParameters'] = input;
  }

  *#work(): Evaluation<void> {
    const { state } = this.trial;
    const step = this.#step;
    if (state.type === 'Map') {
      yield* prepareMap(step as TestStep<MapState>, this.trial, this.numbers);
      yield* this.#mocked(state);
    } else if (state.type === 'Parallel') {
      if (state.parameters) {
        checkSize(step, yield* step.fill(state.parameters, inputOf(step, state)));
      }
      yield* this.#mocked(state);
    } else yield* execute(step);
  }

  *#mocked(state: MapState | ParallelState): Evaluation<void> {
    const { mock } = this.trial;
    invariant(mock, 'the branches and iterations are mocked');
    if (mock.type === 'error') throw new WorkFailed(mock);
    yield* this.#leave(state, Doc.ofText(mock.result));
  }

  *#answered(answer: Answer): Evaluation<void> {
    if (answer.failed) throw new WorkFailed(answer);
    const { state } = this.trial;
    invariant(state.type === 'Task', 'a Task is answered');
    const { resource } = state;
    const result = asJson(answer.output ?? 'null');
    if (!fitsBytes(result.text, this.#fold.limits.payloadBytes)) {
      const { kind, service, arn } = resource;
      throw new WorkFailed(tooLarge(kind === 'integration' ? service : arn));
    }
    yield* this.#leave(state, result);
  }

  /** The result becomes the output; as long as nothing reshapes it, it keeps its text (recorded). */
  *#leave(state: TaskState | MapState | ParallelState, result: Doc): Evaluation<void> {
    this.stages.result = result;
    if (!state.resultSelector) this.stages.afterResultSelector = result;
    yield* leaveWithResult(this.#step, state, result, state.next);
  }

  /** Runs work to its end; undefined where it must wait for something. */
  *#settle(work: Evaluation<void>): Evaluation<Verdict | undefined> {
    try {
      yield* work;
    } catch (error) {
      if (!isEnd(error)) return yield* this.#recover(error);
    } finally {
      this.#completeStages();
    }
    return this.#recorded();
  }

  *#recover(thrown: unknown): Evaluation<Verdict> {
    try {
      return yield* recover(this.#step, this.trial.retryCount, thrown);
    } catch (error) {
      if (isEnd(error)) return this.#recorded()!;
      throw error;
    }
  }

  /** A Pass makes its own result; ResultPath is applied where a result has been selected. */
  #completeStages(): void {
    const { state } = this.trial;
    const { stages } = this;
    if (state.queryLanguage === 'JSONata') return;
    if (state.type === 'Pass') {
      if (state.result) stages.result = Doc.ofValue(state.result.value);
      const result = stages.result ?? stages.afterParameters;
      if (result) stages.afterResultSelector = result;
    }
    const { afterResultSelector: selected } = stages;
    if (!selected) return;
    const path = 'resultPath' in state ? state.resultPath : undefined;
    const combined = attempt(() => combine(path, this.#step.open.input, selected));
    if (combined) stages.afterResultPath = combined;
  }

  /** The verdict in the records, if the state has been left or has failed for good. */
  #recorded(): Verdict | undefined {
    const { records } = this.#fold;
    const exited = records.find(isExited);
    if (exited) {
      const { output, assignedVariables: assigned } = exited.details;
      const next = records.filter(isEntered).find(({ id }) => id > exited.id);
      return { status: 'SUCCEEDED', output, nextState: next?.details.name, assigned };
    }
    const last = records.at(-1)!;
    if (last.type !== 'ExecutionFailed') return undefined;
    const { error, cause } = last.details;
    return { status: 'FAILED', error, cause: this.#withoutPlace(cause) };
  }

  /** Recorded: causes do not say in which state something went wrong. */
  #withoutPlace(cause: string | undefined): string | undefined {
    const { name, enteredId } = this.#step.open;
    const place =
      `An error occurred while executing the state '${name}' ` +
      `(entered at the event id #${enteredId}). `;
    return cause?.startsWith(place) ? cause.slice(place.length) : cause;
  }
}

/** The value, or undefined where the language has an error instead. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof LanguageError) return undefined;
    throw error;
  }
}
