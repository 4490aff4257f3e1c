/**
 * Makes the state machines, and changes them while they run: updates, published versions, an alias
 * that points elsewhere. Knows what each name can have meant at any time, and so what an execution
 * that was started by it must run.
 */
import { createHash } from 'node:crypto';
import { context } from '../src/service/states/testing.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import type { Actors } from './actors.ts';
import type { Process } from './process.ts';
import { childProgram, randomProgram } from './programs.ts';
import { Random } from './random.ts';
import { ALIAS, MACHINE, ROLE } from './resources.ts';

const LETTERS = ['S', 'T', 'U'];
const CHANGES_MAX = 4;

/** What something has been set to; the last of them may not be answered yet. */
class Settings<T> {
  readonly #values: T[] = [];
  answered = -1;

  get asked(): number {
    return this.#values.length - 1;
  }

  ask(value: T): void {
    this.#values.push(value);
  }

  /** What it can be for somebody who asks between the two moments. */
  between(from: number, to: number): readonly T[] {
    return this.#values.slice(Math.max(from, 0), to + 1);
  }
}

/** A moment in the lives of all settings. */
export interface Moment {
  readonly revision: number;
  readonly routes: number;
}

export class Publisher {
  readonly #actors: Actors;
  readonly #random: Random;
  /** Hashes of the machine's definitions, one after the other. */
  readonly #revisions = new Settings<string>();
  /** Numbers of the versions that the alias sends to. */
  readonly #routes = new Settings<readonly number[]>();
  /** By number. */
  readonly #versions = new Map<number, string>();
  readonly #definitions: readonly string[];
  /** The process that has made the latest update. */
  changedBy: Process | undefined;

  constructor(actors: Actors) {
    this.#actors = actors;
    const { seed, wild, longWaits } = actors.world.options;
    this.#random = new Random(seed, 'publisher');
    this.#definitions = LETTERS.map((letter) =>
      JSON.stringify(
        randomProgram(new Random(seed, `program ${letter}`), { letter, timeouts: wild, longWaits }),
      ),
    );
  }

  /** Before anybody else can do anything. */
  async begin(): Promise<void> {
    const definition = JSON.stringify(childProgram());
    const child = { name: 'child', definition, roleArn: ROLE };
    await this.#actors.call((sfn) => sfn.CreateStateMachine(child, context));
    await this.#actors.call((sfn) => sfn.CreateActivity({ name: 'work' }, context));
    const [first] = this.#definitions as [string];
    const main = { name: 'main', definition: first, roleArn: ROLE, publish: true };
    this.#revisions.ask(hashOf(first));
    await this.#actors.call((sfn) => sfn.CreateStateMachine(main, context));
    this.#revisions.answered = 0;
    this.#versions.set(1, hashOf(first));
    await this.#route([1]);
  }

  /** Changes things for a while. Where runs are compared only what no start depends on. */
  async change(): Promise<void> {
    const random = this.#random;
    const { wild } = this.#actors.world.options;
    for (let left = random.between(0, CHANGES_MAX); left > 0; left--) {
      await this.#actors.sleep(random.between(0, 5_000));
      const kind = random.pick(wild ? ['update', 'publish', 'route', 'route'] : ['update']);
      if (kind === 'update') await this.#update();
      else if (kind === 'publish') await this.#publish();
      else await this.#route(this.#someVersions());
    }
  }

  get moment(): Moment {
    return { revision: this.#revisions.answered, routes: this.#routes.answered };
  }

  get latest(): Moment {
    return { revision: this.#revisions.asked, routes: this.#routes.asked };
  }

  /** What is wrong with an execution that was started by this name between the two moments. */
  wrong(head: ExecutionHead, target: string, from: Moment, to: Moment): string | undefined {
    const { versionArn, aliasArn, definitionHash } = head;
    const version = versionArn === undefined ? undefined : Number(versionArn.split(':').at(-1));
    const told = `${head.name} was started by ${target} and runs ${versionArn} ${definitionHash}`;
    if (target === MACHINE) {
      const possible = this.#revisions.between(from.revision, to.revision);
      const right = version === undefined && possible.includes(definitionHash);
      return right ? undefined : `${told}, not one of ${possible}`;
    }
    const [possible] =
      target === ALIAS
        ? [this.#routes.between(from.routes, to.routes).flat()]
        : [[Number(target.split(':').at(-1))]];
    const isNamed = (aliasArn === ALIAS) === (target === ALIAS);
    const right = isNamed && version !== undefined && possible.includes(version);
    if (!right) return `${told}, not one of ${possible}`;
    return this.#versions.get(version!) === definitionHash ? undefined : `${told}: not its own`;
  }

  async #update(): Promise<void> {
    const definition = this.#random.pick(this.#definitions);
    const publish = this.#random.chance(0.5);
    this.#revisions.ask(hashOf(definition));
    const asked = { stateMachineArn: MACHINE };
    const input = { ...asked, definition, publish };
    const answer = await this.#actors.call(
      (sfn) => sfn.UpdateStateMachine(input, context),
      (process) => {
        this.changedBy = process;
      },
    );
    this.#revisions.answered = this.#revisions.asked;
    this.#published(answer.stateMachineVersionArn, hashOf(definition));
    const stored = await this.#actors.world.truth.machines.machine(MACHINE);
    if (stored?.revision.definitionHash !== hashOf(definition)) {
      this.#actors.world.problem('an update was acknowledged and is gone');
    }
    // From whatever node.
    const seen = await this.#actors.call((sfn) => sfn.DescribeStateMachine(asked, context));
    if (seen.definition !== definition) this.#actors.world.problem('an update is not seen');
  }

  async #publish(): Promise<void> {
    const input = { stateMachineArn: MACHINE };
    const answer = await this.#actors.call((sfn) => sfn.PublishStateMachineVersion(input, context));
    const { answered, asked } = this.#revisions;
    this.#published(answer.stateMachineVersionArn, this.#revisions.between(answered, asked)[0]!);
  }

  #published(versionArn: string | undefined, hash: string): void {
    if (versionArn === undefined) return;
    const number = Number(versionArn.split(':').at(-1));
    const before = this.#versions.get(number);
    if (before !== undefined && before !== hash) {
      this.#actors.world.problem(`version ${number} was given twice`);
    }
    this.#versions.set(number, hash);
  }

  async #route(versions: readonly number[]): Promise<void> {
    const first = this.#routes.asked < 0;
    this.#routes.ask(versions);
    const weight = 100 / versions.length;
    const routingConfiguration = versions.map((version) => ({
      stateMachineVersionArn: `${MACHINE}:${version}`,
      weight,
    }));
    if (first) {
      const input = { name: 'live', routingConfiguration };
      await this.#actors.call((sfn) => sfn.CreateStateMachineAlias(input, context));
    } else {
      const input = { stateMachineAliasArn: ALIAS, routingConfiguration };
      await this.#actors.call((sfn) => sfn.UpdateStateMachineAlias(input, context));
    }
    this.#routes.answered = this.#routes.asked;
    const stored = await this.#actors.world.truth.machines.alias(MACHINE, 'live');
    if (stored?.routes.map(({ version }) => version).join() !== versions.join()) {
      this.#actors.world.problem('an alias was changed and is as before');
    }
    const asked = { stateMachineAliasArn: ALIAS };
    const seen = await this.#actors.call((sfn) => sfn.DescribeStateMachineAlias(asked, context));
    if (seen.routingConfiguration?.length !== versions.length) {
      this.#actors.world.problem('a change of an alias is not seen');
    }
  }

  #someVersions(): readonly number[] {
    const numbers = [...this.#versions.keys()];
    const [one, other] = [this.#random.pick(numbers), this.#random.pick(numbers)];
    return one === other ? [one] : [one, other];
  }
}

const hashOf = (definition: string): string =>
  createHash('sha256').update(definition).digest('hex');
