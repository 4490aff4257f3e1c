/** Map Runs in maps: the oracle of the contract. */
import type { ChildEnding } from '../../execution/maprun.ts';
import { Fault } from '../../ground/fault.ts';
import { decodeToken, encodeToken, type Page } from '../../ground/page.ts';
import type { WorkRow } from '../executions/store.ts';
import type { MapRunCommit, MapRunStore, StoredMapRun } from './store.ts';

/** What the memory of executions and that of Map Runs have in common. */
export class SharedMemory {
  /** By run, then by the child's number. */
  readonly endings = new Map<number, Map<number, ChildEnding>>();
  /** Inserts a row for an execution that has not stopped. */
  tell: (row: WorkRow) => void = () => undefined;

  end(run: number, child: ChildEnding): void {
    const endings = this.endings.get(run) ?? new Map<number, ChildEnding>();
    this.endings.set(run, endings.set(child.index, { ...child }));
  }
}

export function memoryMapRunStore(shared: SharedMemory): MapRunStore {
  return new MemoryMapRunStore(shared);
}

class MemoryMapRunStore implements MapRunStore {
  readonly #runs = new Map<number, StoredMapRun>();
  readonly #shared: SharedMemory;

  constructor(shared: SharedMemory) {
    this.#shared = shared;
  }

  async create(run: StoredMapRun): Promise<StoredMapRun | undefined> {
    const existing = await this.byArn(run.arn);
    if (!existing) this.#runs.set(run.id, structuredClone(run));
    return existing;
  }

  async commit(commit: MapRunCommit): Promise<'ok' | 'conflict'> {
    const { run: id, expectedSeq, state, counted, tell } = commit;
    const run = this.#runs.get(id);
    if (run?.seq !== expectedSeq) return 'conflict';
    this.#runs.set(id, { ...run, seq: run.seq + 1, state: structuredClone(state) });
    for (const index of counted) this.#shared.endings.get(id)?.delete(index);
    if (tell) this.#shared.tell(tell);
    return 'ok';
  }

  async byArn(arn: string): Promise<StoredMapRun | undefined> {
    return this.#select((run) => run.arn === arn)[0];
  }

  async open(after: number, limit: number): Promise<StoredMapRun[]> {
    return this.#select(({ id, state }) => id > after && state.stage !== 'closed').slice(0, limit);
  }

  async ofExecution(execution: number, limit: number, token?: string): Promise<Page<StoredMapRun>> {
    const purpose = `map runs ${execution}`;
    const before = token === undefined ? Infinity : decodeToken(purpose, token);
    if (typeof before !== 'number')
      throw new Fault('InvalidToken', "Invalid Token: 'Invalid token'");
    const found = this.#select((run) => run.execution.id === execution && run.id < before);
    const items = found.reverse().slice(0, limit);
    if (found.length <= limit) return { items };
    return { items, nextToken: encodeToken(purpose, items.at(-1)!.id) };
  }

  async endings(run: number): Promise<ChildEnding[]> {
    const endings = [...(this.#shared.endings.get(run)?.values() ?? [])];
    return structuredClone(endings.sort((a, b) => a.index - b.index));
  }

  #select(wanted: (run: StoredMapRun) => boolean): StoredMapRun[] {
    const found = [...this.#runs.values()].filter(wanted).sort((a, b) => a.id - b.id);
    return structuredClone(found);
  }
}
