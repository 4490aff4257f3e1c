/** Invocations in flight: what a function may reserve and what an account may run at a time. */
import { arnOf, type FunctionRecord } from '../../function/config.ts';
import { ACCOUNT_CONCURRENCY } from '../../function/limits.ts';
import { throttled } from './faults.ts';

export class Concurrency {
  readonly #byFunction = new Map<string, number>();
  readonly #byPlace = new Map<string, number>();
  readonly #accountMax: number;

  constructor(accountMax = ACCOUNT_CONCURRENCY) {
    this.#accountMax = accountMax;
  }

  /** Counts one in, or throws TooManyRequestsException; answers how many of the function run now. */
  enter(record: FunctionRecord): number {
    const { reservedConcurrency, place } = record;
    const running = this.#byFunction.get(arnOf(record)) ?? 0;
    if (reservedConcurrency !== undefined && running >= reservedConcurrency) {
      throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    }
    const home = `${place.account}/${place.region}`;
    const all = this.#byPlace.get(home) ?? 0;
    if (all >= this.#accountMax) throw throttled('ConcurrentInvocationLimitExceeded');
    this.#byFunction.set(arnOf(record), running + 1);
    this.#byPlace.set(home, all + 1);
    return running + 1;
  }

  leave(record: FunctionRecord): void {
    const { place } = record;
    less(this.#byFunction, arnOf(record));
    less(this.#byPlace, `${place.account}/${place.region}`);
  }
}

function less(counts: Map<string, number>, key: string): void {
  const count = counts.get(key) ?? 0;
  if (count <= 1) counts.delete(key);
  else counts.set(key, count - 1);
}
