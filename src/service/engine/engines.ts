/**
 * The engines of this process by what they run. It is there before them: what they are made of
 * (integrations, Map Runs, the queues of activities) names them by it. The assembly fills it once,
 * before anything starts.
 */
import { invariant } from '../../ground/invariant.ts';
import type { Engine } from './engine.ts';
import type { ExpressRunner } from './express.ts';

export class Engines {
  #standard: Engine | undefined;
  #express: ExpressRunner | undefined;

  fill(standard: Engine, express: ExpressRunner): void {
    invariant(!this.#standard, 'engines are filled once');
    this.#standard = standard;
    this.#express = express;
  }

  get standard(): Engine {
    invariant(this.#standard, 'the engines are filled before anything starts');
    return this.#standard;
  }

  get express(): ExpressRunner {
    invariant(this.#express, 'the engines are filled before anything starts');
    return this.#express;
  }
}
