/**
 * What can be done for Tasks: all integrations of this process. It is there before the services
 * that bring them, because state machines belong to one of these; the composition adds to it once,
 * before anything starts.
 */
import type { Integration, Integrations } from '../ports/tasks.ts';

export class IntegrationRegistry implements Integrations {
  readonly #all: Integration[];

  constructor(integrations: readonly Integration[] = []) {
    this.#all = [...integrations];
  }

  add(integrations: readonly Integration[]): void {
    this.#all.push(...integrations);
  }

  of(resource: string): Integration | undefined {
    return this.#all.find((one) => one.matches(resource));
  }
}
