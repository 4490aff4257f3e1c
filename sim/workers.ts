/**
 * Who does the work: functions that run in the server's process and die with it, senders of task
 * tokens and activity workers that do not. An answer that the server accepted counts for ever, and
 * a second one is refused.
 */

import { decodeTaskToken } from '../src/execution/token.ts';
import { isFault } from '../src/ground/fault.ts';
import { parseJson } from '../src/ground/json.ts';
import type { TaskOutcome, TaskRun } from '../src/service/ports/tasks.ts';
import { context } from '../src/service/states/testing.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import type { Actors } from './actors.ts';
import { attemptOf } from './attempt.ts';
import { type Behaviour, behaviourOf, type Call } from './functions.ts';
import type { Process } from './process.ts';
import { ACTIVITY, RESOURCES } from './resources.ts';

const WORKERS = 2;
const BEAT_MS = 1_000;
const OUTCOME = /^(Task|Activity)(Succeeded|Failed|TimedOut)$/;
/** Where one of these stands in a history, open attempts may have been given up. */
const GIVEN_UP = /Aborted$|TimedOut$|(Parallel|Map)StateFailed|IterationFailed/;

type Outcome = Behaviour['outcome'];

export class Workers {
  readonly #actors: Actors;
  readonly #mended: (name: string) => number;
  readonly #runs = new Map<string, number>();
  /** Where each attempt has been run last. */
  readonly #places = new Map<string, Process>();
  /** Tokens that somebody answers. */
  readonly #tokens = new Set<string>();
  readonly #accepted = new Map<string, Outcome>();

  constructor(actors: Actors, mended: (name: string) => number) {
    this.#actors = actors;
    this.#mended = mended;
  }

  begin(): void {
    for (let i = 0; i < WORKERS; i++) this.#actors.idly(() => this.#work());
  }

  /** A function that runs in the process and dies with it; its token's sender does not. */
  async run(process: Process, task: TaskRun): Promise<TaskOutcome> {
    const { clock } = this.#actors.world;
    const { head, scope, attempt, order } = task;
    const key = keyOf(head, scope, attempt);
    const runs = (this.#runs.get(key) ?? 0) + 1;
    this.#runs.set(key, runs);
    const express = head.type === 'EXPRESS';
    if (runs > 1) this.#again(key, runs, express);
    this.#places.set(key, process);
    task.started(clock.now());
    const { Payload } = parseJson(order.parameters) as unknown as { Payload: Call };
    const behaviour = this.#behaviour(scope, Payload);
    if (order.resource === RESOURCES.callback) this.#answerLater(order.token!, behaviour);
    await new Promise<void>((resolve) => process.clock.wake(clock.now() + behaviour.ms, resolve));
    if (order.resource !== RESOURCES.callback) return behaviour.outcome;
    return { type: 'Submitted', output: '{"accepted":true}' };
  }

  /** Whether the attempt is, or was last, in a process that lives. */
  runs(head: ExecutionHead, scope: string, attempt: number): boolean {
    const place = this.#places.get(keyOf(head, scope, attempt));
    return place !== undefined && !place.dead && !place.doubtful;
  }

  /** Only what a dead process has run may be run again, and only where that is wished for. */
  #again(key: string, runs: number, express: boolean): void {
    const { options, marks, problem } = this.#actors.world;
    marks.note(express ? 'Express executions begun again' : 'tasks run again');
    // They begin anew, also where they are redriven, and so do the numbers of their attempts.
    if (express) return;
    if (!options.redeliver) problem(`${key} ran ${runs} times`);
    const { dead, doubtful } = this.#places.get(key)!;
    if (!dead && !doubtful) problem(`${key} ran in two processes that live`);
  }

  /** At the end of the world: what was accepted is what the histories tell. */
  async verify(): Promise<void> {
    const { truth, problem } = this.#actors.world;
    for (const [token, outcome] of this.#accepted) {
      const { execution, attempt } = decodeTaskToken(token)!;
      const { head, records } = (await truth.executions.load(execution))!;
      const told = records.find(
        (record) => OUTCOME.test(record.type) && attemptOf(record) === attempt,
      );
      const place = `the answer to attempt ${attempt} of ${head.name}`;
      if (told ? !says(told, outcome) : !records.some(({ type }) => GIVEN_UP.test(type))) {
        problem(`${place} was accepted, and its history tells ${told?.type}`);
      }
    }
  }

  #behaviour(scope: string, call: Call): Behaviour {
    const { seed, wild } = this.#actors.world.options;
    return behaviourOf(seed, scope, call, this.#mended(call.e), wild);
  }

  #answerLater(token: string, behaviour: Behaviour): void {
    // Its attempt runs again.
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    this.#actors.act(() => this.#answer(token, behaviour.answerMs, behaviour));
  }

  async #answer(token: string, ms: number, { heartbeats, outcome }: Behaviour): Promise<void> {
    const { clock } = this.#actors.world;
    const until = clock.now() + ms;
    while (heartbeats && clock.now() + BEAT_MS < until) {
      await this.#actors.sleep(BEAT_MS);
      if (await this.#redeem(token, 'beat')) continue;
      this.#actors.world.marks.note('late heartbeats');
      return;
    }
    await this.#actors.sleep(Math.max(until - clock.now(), 0));
    const accepted = await this.#redeem(token, outcome);
    const { marks } = this.#actors.world;
    marks.note(accepted ? 'callbacks' : 'answers that came too late');
    if (accepted) this.#accepted.set(token, outcome);
    if (!accepted || this.#actors.random.chance(0.7)) return;
    await this.#actors.sleep(this.#actors.random.between(0, 500));
    if (await this.#redeem(token, outcome)) {
      this.#actors.world.problem(`a second answer was accepted: ${token}`);
    }
  }

  /** False where the server says that the attempt is over. */
  async #redeem(taskToken: string, say: Outcome | 'beat'): Promise<boolean> {
    try {
      await this.#actors.call((sfn) => {
        if (say === 'beat') return sfn.SendTaskHeartbeat({ taskToken }, context);
        return say.type === 'Succeeded'
          ? sfn.SendTaskSuccess({ taskToken, output: say.output }, context)
          : sfn.SendTaskFailure({ taskToken, error: say.error, cause: say.cause }, context);
      });
      return true;
    } catch (error) {
      if (!isFault(error) || error.code !== 'TaskTimedOut') throw error;
      if (await this.#actors.world.truth.awaits(taskToken)) {
        this.#actors.world.problem(`an open attempt was called over: ${taskToken}`);
      }
      return false;
    }
  }

  /** An activity worker: takes a task, works on it, answers it, for ever. Some tasks it forgets. */
  async #work(): Promise<never> {
    for (;;) {
      const input = { activityArn: ACTIVITY, workerName: 'w' };
      const task = await this.#actors.call((sfn) =>
        sfn.GetActivityTask(input, { ...context, abort: new AbortController().signal }),
      );
      const { taskToken } = task;
      if (taskToken === undefined) continue;
      if (this.#tokens.has(taskToken)) {
        this.#actors.world.problem(`two workers were given the same task: ${taskToken}`);
      }
      this.#tokens.add(taskToken);
      const behaviour = this.#behaviour('', parseJson(task.input!) as unknown as Call);
      const dies = this.#actors.random.chance(0.1);
      if (!dies) this.#actors.act(() => this.#answer(taskToken, behaviour.ms, behaviour));
    }
  }
}

const keyOf = (head: ExecutionHead, scope: string, attempt: number): string =>
  `${head.arn} ${scope} ${attempt}`;

function says(
  { type, details = {} }: { readonly type: string; readonly details?: object },
  outcome: Outcome,
): boolean {
  const told = details as { output?: string; error?: string; cause?: string };
  if (outcome.type === 'Succeeded')
    return type.endsWith('Succeeded') && told.output === outcome.output;
  return type.endsWith('Failed') && told.error === outcome.error && told.cause === outcome.cause;
}
