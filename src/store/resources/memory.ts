/** The oracle of a ResourceStore: a map, for one process. */
import { invariant } from '../../ground/invariant.ts';
import { parseJson, printJson } from '../../ground/json.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { compareTexts } from '../sql/text.ts';
import { keyOf, keyValues } from './statements.ts';
import type {
  Expected,
  NewResource,
  Resource,
  ResourceChange,
  ResourceKey,
  ResourceNews,
  ResourcePage,
  ResourceStore,
  TagPage,
} from './store.ts';

interface Watching {
  readonly service: string;
  readonly listener: (news: ResourceNews) => void;
}

export class MemoryResourceStore implements ResourceStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tools: Pick<Tools, 'uuid'>;
  readonly #resources = new Map<string, Resource>();
  readonly #watching = new Set<Watching>();

  constructor(clock: Pick<Clock, 'now'>, tools: Pick<Tools, 'uuid'>) {
    this.#clock = clock;
    this.#tools = tools;
  }

  async get(key: ResourceKey): Promise<Resource | undefined> {
    return this.#resources.get(idOf(key));
  }

  async put(put: NewResource, expected: Expected): Promise<{ revision: string } | 'conflict'> {
    const outcome = await this.commit([{ put, expected }]);
    return outcome === 'ok' ? { revision: this.#resources.get(idOf(put))!.revision } : outcome;
  }

  remove(remove: ResourceKey, expected: Exclude<Expected, 'new'>): Promise<'ok' | 'conflict'> {
    return this.commit([{ remove, expected }]);
  }

  async commit(changes: readonly ResourceChange[]): Promise<'ok' | 'conflict'> {
    const ids = new Set(changes.map((change) => idOf(keyOf(change))));
    invariant(ids.size === changes.length, 'one thing twice in a unit');
    if (!changes.every((change) => this.#holds(change))) return 'conflict';
    const changed: Resource[] = [];
    const removed: ResourceKey[] = [];
    for (const change of changes) {
      if ('put' in change) changed.push(this.#put(change.put));
      else if (this.#resources.delete(idOf(change.remove))) removed.push(change.remove);
    }
    for (const { service, listener } of this.#watching) {
      const news = {
        complete: false,
        changed: changed.filter((one) => one.service === service),
        removed: removed.filter((one) => one.service === service),
      };
      if (news.changed.length + news.removed.length > 0) listener(news);
    }
    return 'ok';
  }

  async page(query: ResourcePage): Promise<readonly Resource[]> {
    const { place, service, kind, prefix = '', after, descending = false, limit } = query;
    const sign = descending ? -1 : 1;
    return this.#sorted(
      (one) =>
        one.service === service &&
        one.kind === kind &&
        isAt(one, place) &&
        one.name.startsWith(prefix) &&
        (after === undefined || sign * compareTexts(one.name, after) > 0),
      (a, b) => sign * compareTexts(a.name, b.name),
    ).slice(0, limit);
  }

  async byTag({ place, key, value, after, limit }: TagPage): Promise<readonly Resource[]> {
    return this.#sorted(
      (one) =>
        isAt(one, place) &&
        Object.hasOwn(one.tags, key) &&
        one.tags[key] === value &&
        (!after || compareNames(one, after) > 0),
      compareNames,
    ).slice(0, limit);
  }

  async watch(service: string, listener: (news: ResourceNews) => void): Promise<() => void> {
    const changed = this.#sorted((one) => one.service === service, compareNames);
    const watching = { service, listener };
    this.#watching.add(watching);
    listener({ complete: true, changed, removed: [] });
    return () => this.#watching.delete(watching);
  }

  async refresh(): Promise<void> {}

  async close(): Promise<void> {
    this.#watching.clear();
  }

  #holds(change: ResourceChange): boolean {
    const { expected } = change;
    if (expected === 'any') return true;
    const there = this.#resources.get(idOf(keyOf(change)));
    return expected === 'new' ? !there : there?.revision === expected.revision;
  }

  #put(given: NewResource): Resource {
    const now = this.#clock.now();
    const { place, service, kind, name } = given;
    const resource: Resource = {
      place: { account: place.account, region: place.region },
      service,
      kind,
      name,
      body: parseJson(printJson(given.body)),
      tags: { ...given.tags },
      revision: this.#tools.uuid(),
      createdAt: this.#resources.get(idOf(given))?.createdAt ?? now,
      updatedAt: now,
    };
    this.#resources.set(idOf(given), resource);
    return resource;
  }

  #sorted(
    wanted: (one: Resource) => boolean,
    order: (a: Resource, b: Resource) => number,
  ): Resource[] {
    return [...this.#resources.values()].filter(wanted).sort(order);
  }
}

const idOf = (key: ResourceKey): string => JSON.stringify(keyValues(key));

const isAt = ({ place }: Resource, { account, region }: Resource['place']): boolean =>
  place.account === account && place.region === region;

type Named = Pick<ResourceKey, 'service' | 'kind' | 'name'>;

const compareNames = (a: Named, b: Named): number =>
  compareTexts(a.service, b.service) ||
  compareTexts(a.kind, b.kind) ||
  compareTexts(a.name, b.name);
