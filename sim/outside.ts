/** Everybody outside the server, and what they know at the end. */
import type { TaskOutcome, TaskRun } from '../src/service/ports/tasks.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import { Actors, type World } from './actors.ts';
import { Callers } from './callers.ts';
import type { Process } from './process.ts';
import { Publisher } from './publisher.ts';
import { Workers } from './workers.ts';

export class Outside {
  readonly #actors: Actors;
  readonly #publisher: Publisher;
  readonly #callers: Callers;
  readonly #workers: Workers;

  constructor(world: World) {
    this.#actors = new Actors(world);
    this.#publisher = new Publisher(this.#actors);
    this.#callers = new Callers(this.#actors, this.#publisher);
    this.#workers = new Workers(this.#actors, (name) => this.#callers.mended(name));
  }

  /** How many still have something to do. */
  get busy(): number {
    return this.#actors.busy;
  }

  begin(): void {
    this.#actors.act(async () => {
      await this.#publisher.begin();
      this.#workers.begin();
      this.#callers.begin();
      await this.#publisher.change();
    });
  }

  run(process: Process, task: TaskRun): Promise<TaskOutcome> {
    return this.#workers.run(process, task);
  }

  /** Whether the attempt is, or was last, in a process that lives. */
  runs(head: ExecutionHead, scope: string, attempt: number): boolean {
    return this.#workers.runs(head, scope, attempt);
  }

  /** Everything is over: is all that was answered so? */
  async verify(): Promise<void> {
    await this.#callers.verify();
    await this.#workers.verify();
  }
}
