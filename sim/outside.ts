/**
 * What lives outside the server and does not die with it: callers, the senders of task tokens,
 * activity workers. They make a call again until some process answers it.
 */
import type { Signal } from '../src/execution/signal.ts';
import type { ManualClock } from '../src/service/engine/testing.ts';
import type { TaskOutcome, TaskRun } from '../src/service/ports.ts';
import { type Behaviour, behaviourOf } from './functions.ts';
import type { Node, Process } from './process.ts';
import { Random } from './random.ts';
import { ACTIVITY, executionArn, MACHINE, PLACE, RESOURCES, ROLE } from './resources.ts';
import type { Options, Server } from './server.ts';

type Attempt = { readonly scope: string; readonly attempt: number };

export interface OutsideDeps {
  readonly options: Options;
  readonly clock: ManualClock;
  readonly server: Server;
  readonly mainHash: string;
  /** Says what must not have happened. */
  problem(text: string): void;
  exists(id: number): Promise<boolean>;
}

const EXECUTIONS_MAX = 3;
const WORKERS = 2;

export class Outside {
  readonly #deps: OutsideDeps;
  readonly #random: Random;
  readonly #runs = new Map<string, number>();
  readonly #tokens = new Set<string>();
  /** Who still has something to do, idle workers excepted. */
  busy = 0;

  constructor(deps: OutsideDeps) {
    this.#deps = deps;
    this.#random = new Random(deps.options.seed, 'outside');
  }

  begin(): void {
    for (let i = 0; i < WORKERS; i++) this.#worker();
    const count = this.#random.between(1, EXECUTIONS_MAX);
    for (let i = 0; i < count; i++) this.#caller(`e${i}`, this.#random.between(0, 3_000));
  }

  /** A function that runs in the process and dies with it; its token's sender does not. */
  async run(process: Process, task: TaskRun): Promise<TaskOutcome> {
    const { clock, options } = this.#deps;
    const { head, scope, attempt, order } = task;
    const key = `${head.arn} ${scope} ${attempt}`;
    const runs = (this.#runs.get(key) ?? 0) + 1;
    this.#runs.set(key, runs);
    if (runs > 1 && !options.redeliver) this.#deps.problem(`${key} ran ${runs} times`);
    task.started(clock.now());
    const name = head.machineName === 'child' ? 'child' : head.name;
    const behaviour = behaviourOf(options.seed, name, scope, order, options.wild);
    if (order.resource === RESOURCES.callback) this.#answerLater(order.token!, behaviour);
    await new Promise<void>((resolve) => process.clock.wake(clock.now() + behaviour.ms, resolve));
    if (order.resource !== RESOURCES.callback) return behaviour.outcome;
    return { type: 'Submitted', output: '{"accepted":true}' };
  }

  #sleep(ms: number): Promise<void> {
    const { clock } = this.#deps;
    return new Promise((resolve) => clock.wake(clock.now() + ms, resolve));
  }

  async #call<T>(use: (node: Node) => Promise<T>): Promise<T> {
    for (;;) {
      const process = await this.#deps.server.reach();
      if (process) {
        const answer = use(this.#random.pick(process.nodes)).then((value) => ({ value }));
        const answered = await Promise.race([answer, process.death]);
        if (answered) return answered.value;
      }
      await this.#sleep(this.#random.between(1, 50));
    }
  }

  /** Keeps the world from ending before it has. */
  #actor(act: () => Promise<void>): void {
    this.busy++;
    act()
      .catch((error: unknown) => this.#deps.problem(`an actor failed: ${String(error)}`))
      .finally(() => {
        this.busy--;
      });
  }

  #caller(name: string, after: number): void {
    const random = this.#random;
    const stop = this.#deps.options.wild && random.chance(0.15);
    const stopAfter = random.between(0, 8_000);
    const input = JSON.stringify({ n: random.between(0, 9), items: [1, 2, 3] });
    this.#actor(async () => {
      await this.#sleep(after);
      const startedAt = this.#deps.clock.now();
      const id = await this.#call((node) => this.#start(node, name, input, startedAt));
      if (!(await this.#deps.exists(id))) {
        this.#deps.problem(`${name} was acknowledged and is gone`);
      }
      if (!stop) return;
      await this.#sleep(stopAfter);
      await this.#call(({ engine }) => engine.signal(id, { type: 'Stop', error: 'Stopped' }));
    });
  }

  async #start({ engine }: Node, name: string, input: string, startedAt: number): Promise<number> {
    const { id, existing } = await engine.begin({
      ...PLACE,
      arn: executionArn('main', name),
      name,
      machineArn: MACHINE,
      machineName: 'main',
      type: 'STANDARD',
      roleArn: ROLE,
      definitionHash: this.#deps.mainHash,
      input,
      startedAt,
      tracingEnabled: false,
    });
    return existing?.id ?? id;
  }

  #answerLater(token: string, { answerMs, heartbeats, outcome }: Behaviour): void {
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    const { clock } = this.#deps;
    this.#actor(async () => {
      const until = clock.now() + answerMs;
      while (heartbeats && clock.now() + 1_000 < until) {
        await this.#sleep(1_000);
        const beat = await this.#redeem(token, (at) => ({ type: 'TaskHeartbeat', ...at }));
        if (beat === 'gone') return;
      }
      await this.#sleep(Math.max(until - clock.now(), 0));
      await this.#answer(token, outcome);
    });
  }

  async #answer(token: string, outcome: Behaviour['outcome']): Promise<void> {
    await this.#redeem(token, (at) =>
      outcome.type === 'Succeeded'
        ? { type: 'TaskSucceeded', ...at, output: outcome.output, byToken: true }
        : { type: 'TaskFailed', ...at, error: outcome.error, cause: outcome.cause, byToken: true },
    );
  }

  #redeem(token: string, signalFor: (at: Attempt) => Signal): Promise<string> {
    return this.#call(({ engine }) => engine.redeem(token, signalFor));
  }

  /** An activity worker: takes a task, works on it, answers it, for ever. */
  #worker(): void {
    const { options } = this.#deps;
    const once = async (): Promise<void> => {
      const task = await this.#call(({ activities }) =>
        activities.take(ACTIVITY, 'w', new AbortController().signal),
      );
      if (!task) return;
      this.#actor(async () => {
        const input = JSON.parse(task.input) as { state: string; retry: number };
        const order = { stateName: input.state, retryCount: input.retry };
        const behaviour = behaviourOf(options.seed, 'activity', '', order, options.wild);
        await this.#sleep(behaviour.ms);
        await this.#answer(task.taskToken, behaviour.outcome);
      });
    };
    const forever = async (): Promise<never> => {
      for (;;) await once();
    };
    forever().catch((error: unknown) => this.#deps.problem(`a worker failed: ${String(error)}`));
  }
}
