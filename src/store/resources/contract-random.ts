/**
 * Random questions and changes, put to a store and to the oracle. Both keep revisions of their own,
 * so an expectation is "as it is", "as it was before" or "as it never was". A watcher's copy of the
 * store must be the oracle's state after each change.
 */
import { expect } from 'vitest';
import { Random } from '../../../sim/random.ts';
import type { ManualClock } from '../../../test/support/clock.ts';
import { HERE, key, newResource, THERE } from './contract-samples.ts';
import { MemoryResourceStore } from './memory.ts';
import type {
  Resource,
  ResourceChange,
  ResourceKey,
  ResourceNews,
  ResourceStore,
} from './store.ts';

const ROUNDS = 150;
const SEED = Number(process.env.STEPLIGHT_SEED ?? 1);
const NAMES = ['a', 'b', 'a/1', 'a/2', 'ä'];
const SERVICES = ['echo', 'other'];

const textOf = ({ place, service, kind, name }: ResourceKey): string =>
  [place.region, service, kind, name].join(' ');

const withoutRevision = (one: Resource | undefined): object | undefined =>
  one && { ...one, revision: '' };

/** What a watcher knows. */
class Copy {
  readonly things = new Map<string, object>();

  apply({ complete, changed, removed }: ResourceNews): void {
    if (complete) this.things.clear();
    for (const one of removed) this.things.delete(textOf(one));
    for (const one of changed) this.things.set(textOf(one), withoutRevision(one)!);
  }
}

class Examiner {
  readonly #random: Random;
  readonly #store: ResourceStore;
  readonly #oracle: ResourceStore;
  /** Revisions that were replaced, of the store and of the oracle. */
  readonly #old = new Map<string, readonly [string, string]>();

  constructor(random: Random, store: ResourceStore, oracle: ResourceStore) {
    this.#random = random;
    this.#store = store;
    this.#oracle = oracle;
  }

  anyKey(): ResourceKey {
    const random = this.#random;
    return key(random.pick(NAMES), {
      place: random.pick([HERE, THERE]),
      service: random.pick(SERVICES),
      kind: random.pick(['thing', 'part']),
    });
  }

  async change(): Promise<void> {
    const keys = new Map<string, ResourceKey>();
    for (let n = this.#random.between(1, 3); n > 0; n--) {
      const one = this.anyKey();
      keys.set(textOf(one), one);
    }
    const pairs = await Promise.all([...keys.values()].map((one) => this.#changeOf(one)));
    const outcomes = await Promise.all([
      this.#store.commit(pairs.map(([ours]) => ours)),
      this.#oracle.commit(pairs.map(([, theirs]) => theirs)),
    ]);
    expect(outcomes[0]).toBe(outcomes[1]);
  }

  async ask(): Promise<void> {
    const random = this.#random;
    const limit = random.between(1, 4);
    const descending = random.chance(0.5);
    const after = random.pick([undefined, ...NAMES]);
    const page = { ...this.anyKey(), prefix: random.pick(['', 'a', 'a/']), after };
    const query = { ...page, descending, limit };
    const tagged = { place: page.place, key: 'k', value: random.pick(['v', 'w']), limit };
    const tags = { ...tagged, after: random.chance(0.5) ? this.anyKey() : undefined };
    for (const ask of [
      async (store: ResourceStore) => [await store.get(page)],
      (store: ResourceStore) => store.page(query),
      (store: ResourceStore) => store.byTag(tags),
    ]) {
      const [ours, theirs] = await Promise.all([ask(this.#store), ask(this.#oracle)]);
      expect(ours.map(withoutRevision)).toEqual(theirs.map(withoutRevision));
    }
  }

  async #changeOf(one: ResourceKey): Promise<readonly [ResourceChange, ResourceChange]> {
    const random = this.#random;
    const tags = random.pick<Record<string, string>>([{}, { k: 'v' }, { k: 'w', l: 'v' }]);
    const thing = newResource(one.name, { ...one, tags, body: random.between(0, 99) });
    const isRemoval = random.chance(0.3);
    const of = (revision: string | undefined): ResourceChange => {
      const expected = revision === undefined ? 'any' : { revision };
      return isRemoval ? { remove: one, expected } : { put: thing, expected };
    };
    const [ours, theirs] = await Promise.all([this.#store.get(one), this.#oracle.get(one)]);
    const id = textOf(one);
    const before = this.#old.get(id);
    if (ours && theirs) this.#old.set(id, [ours.revision, theirs.revision]);
    const kind = random.next();
    if (kind < 0.2 && !isRemoval)
      return [
        { put: thing, expected: 'new' },
        { put: thing, expected: 'new' },
      ];
    if (kind < 0.5 && ours && theirs) return [of(ours.revision), of(theirs.revision)];
    if (kind < 0.6 && before) return [of(before[0]), of(before[1])];
    return kind < 0.65 ? [of('never'), of('never')] : [of(undefined), of(undefined)];
  }
}

export async function againstOracle({
  store,
  clock,
}: {
  readonly store: ResourceStore;
  readonly clock: ManualClock;
}): Promise<void> {
  let ids = 0;
  const oracle = new MemoryResourceStore(clock, { uuid: () => String(++ids) });
  const examiner = new Examiner(new Random(SEED, 'resources'), store, oracle);
  const [copy, right] = [new Copy(), new Copy()];
  await store.watch('echo', (news) => copy.apply(news));
  await oracle.watch('echo', (news) => right.apply(news));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      clock.advance(1);
      await examiner.change();
      expect(copy.things).toEqual(right.things);
      await examiner.ask();
    }
  } catch (error) {
    throw new Error(`seed ${SEED}: ${(error as Error).message}`, { cause: error });
  }
}
