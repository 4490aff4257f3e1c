/**
 * Callers: they start an execution, perhaps stop it, mend what made it fail and redrive it. What
 * the server has answered them must be so.
 */
import { isFault } from '../src/ground/fault.ts';
import { context } from '../src/service/states/testing.ts';
import type { Actors } from './actors.ts';
import type { Moment, Publisher } from './publisher.ts';
import { Random } from './random.ts';
import { ALIAS, executionArn, MACHINE } from './resources.ts';

const EXECUTIONS_MAX = 3;
const ITEMS_MAX = 4;
const REDRIVES_MAX = 2;
const LOOK_AFTER_MS_MAX = 600_000;

interface Start {
  readonly name: string;
  readonly target: string;
  readonly from: Moment;
  readonly to: Moment;
}

export class Callers {
  readonly #actors: Actors;
  readonly #publisher: Publisher;
  readonly #starts: Start[] = [];
  readonly #mended = new Map<string, number>();
  /** What Map Runs were told last, by ARN. */
  readonly #updated = new Map<string, number>();

  constructor(actors: Actors, publisher: Publisher) {
    this.#actors = actors;
    this.#publisher = publisher;
  }

  begin(): void {
    const { seed } = this.#actors.world.options;
    const count = new Random(seed, 'callers').between(1, EXECUTIONS_MAX);
    for (let i = 0; i < count; i++) {
      const name = `e${i}`;
      const random = new Random(seed, `caller ${name}`);
      this.#actors.act(() => this.#live(name, random));
    }
  }

  /** How often what an execution needs has been mended. */
  mended(name: string): number {
    return this.#mended.get(name) ?? 0;
  }

  /** At the end of the world. */
  async verify(): Promise<void> {
    const { truth, problem } = this.#actors.world;
    for (const { name, target, from, to } of this.#starts) {
      const head = await truth.executions.headByArn(executionArn('main', name));
      const wrong = head && this.#publisher.wrong(head, target, from, to);
      if (wrong !== undefined) problem(wrong);
    }
    for (const [arn, concurrency] of this.#updated) {
      const run = await truth.mapRuns.byArn(arn);
      if (run?.state.maxConcurrency !== concurrency) problem(`${arn} has forgotten an update`);
    }
  }

  async #live(name: string, random: Random): Promise<void> {
    const { wild } = this.#actors.world.options;
    await this.#actors.sleep(random.between(0, 8_000));
    const arn = await this.#start(name, random);
    for (let redrives = 0; ; redrives++) {
      if (wild && random.chance(0.3)) await this.#updateMapRun(arn, random);
      if (wild && random.chance(0.15)) await this.#stop(arn, random);
      const status = await this.#closed(arn);
      const enough = redrives === REDRIVES_MAX || random.chance(0.3);
      if (status === 'SUCCEEDED' || enough) return;
      this.#mended.set(name, redrives + 1);
      await this.#redrive(arn, redrives + 1);
    }
  }

  async #start(name: string, random: Random): Promise<string> {
    const { options, truth, problem } = this.#actors.world;
    const fixed = [`${MACHINE}:1`, ALIAS];
    const target = random.pick(options.wild ? [MACHINE, ...fixed] : fixed);
    const items = Array.from({ length: random.between(0, ITEMS_MAX) }, (_, i) => i + 1);
    const input = JSON.stringify({ e: name, n: random.between(0, 9), items });
    const from = this.#publisher.moment;
    const { changedBy } = this.#publisher;
    await this.#try(
      (sfn) => sfn.StartExecution({ stateMachineArn: target, name, input }, context),
      // It may be over.
      'ExecutionAlreadyExists',
      (process) => {
        const other = target === MACHINE && changedBy && changedBy !== process;
        if (other) this.#actors.world.marks.note('starts by what another node has changed');
      },
    );
    this.#starts.push({ name, target, from, to: this.#publisher.latest });
    const arn = executionArn('main', name);
    if (!(await truth.executions.headByArn(arn))) problem(`${name} was acknowledged and is gone`);
    return arn;
  }

  async #stop(arn: string, random: Random): Promise<void> {
    await this.#actors.sleep(random.between(0, 8_000));
    const input = { executionArn: arn, error: 'Stopped' };
    await this.#actors.call((sfn) => sfn.StopExecution(input, context));
    if ((await this.#head(arn)).status === 'RUNNING') {
      this.#actors.world.problem(`${arn} was stopped and runs`);
    }
  }

  async #redrive(arn: string, count: number): Promise<void> {
    const input = { executionArn: arn, clientToken: `${arn}-${count}` };
    await this.#try(
      (sfn) => sfn.RedriveExecution(input, context),
      // The server forgets tokens after a while.
      'ExecutionNotRedrivable',
    );
    const { redriveCount } = await this.#head(arn);
    if (redriveCount < count) {
      this.#actors.world.problem(`${arn} was redriven ${redriveCount} times, not ${count}`);
    }
  }

  /** How it ended, once it has. Looks less and less often. */
  async #closed(arn: string): Promise<string> {
    for (let wait = 500; ; wait = Math.min(wait * 2, LOOK_AFTER_MS_MAX)) {
      await this.#actors.sleep(wait);
      const input = { executionArn: arn };
      const { status } = await this.#actors.call((sfn) => sfn.DescribeExecution(input, context));
      if (status !== 'RUNNING') return status!;
    }
  }

  async #updateMapRun(arn: string, random: Random): Promise<void> {
    await this.#actors.sleep(random.between(0, 5_000));
    const input = { executionArn: arn };
    const { mapRuns } = await this.#actors.call((sfn) => sfn.ListMapRuns(input, context));
    const mapRunArn = mapRuns?.[0]?.mapRunArn;
    if (mapRunArn === undefined) return;
    const maxConcurrency = random.between(1, 3);
    try {
      const input = { mapRunArn, maxConcurrency };
      await this.#actors.call((sfn) => sfn.UpdateMapRun(input, context));
      this.#updated.set(mapRunArn, maxConcurrency);
    } catch (error) {
      // It is over.
      if (!isFault(error) || error.code !== 'ValidationException') throw error;
      this.#updated.delete(mapRunArn);
    }
  }

  /** `code` says that an earlier try whose answer was lost has done it. */
  async #try(
    use: Parameters<Actors['call']>[0],
    code: string,
    by?: Parameters<Actors['call']>[1],
  ): Promise<void> {
    let tries = 0;
    try {
      await this.#actors.call((sfn) => {
        tries++;
        return use(sfn);
      }, by);
    } catch (error) {
      if (!isFault(error) || error.code !== code || tries === 1) throw error;
    }
  }

  async #head(arn: string) {
    return (await this.#actors.world.truth.executions.headByArn(arn))!;
  }
}
