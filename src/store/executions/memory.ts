/**
 * Executions in maps: the oracle of the contract, and where Express executions live. Everything is
 * copied on its way in and out, as a database would.
 */

import type { HistoryRecord } from '../../execution/record.ts';
import { placeKey } from '../../ground/arn.ts';
import type { Page } from '../../ground/page.ts';
import type { Instant } from '../../ground/time.ts';
import { SharedMemory } from '../mapruns/memory.ts';
import { lastEventId } from './journal.ts';
import type {
  Commit,
  ExecutionHead,
  ExecutionStore,
  ListQuery,
  WorkKey,
  WorkRow,
} from './store.ts';
import { cursorOf, listedAt, tokenAfter } from './token.ts';

interface Entry {
  head: ExecutionHead;
  readonly records: HistoryRecord[];
  projected: number;
  /** By scope, attempt and kind; oldest first. */
  readonly work: Map<string, Aged>;
}

interface Aged {
  readonly row: WorkRow;
  readonly age: number;
}

/**
 * @param shared where endings of Map Runs' children go
 * @param pause waited for before each commit, so that an execution that never leaves the process
 *   lets others have their turn, as a disk would make it do
 */
export function memoryExecutionStore(
  shared = new SharedMemory(),
  pause?: () => Promise<void>,
): ExecutionStore {
  return new MemoryExecutionStore(shared, pause);
}

const keyOf = ({ scope, attempt, kind }: Omit<WorkKey, 'execution'>): string =>
  JSON.stringify([scope, attempt, kind]);

class MemoryExecutionStore implements ExecutionStore {
  readonly #entries = new Map<number, Entry>();
  readonly #byArn = new Map<string, number>();
  #lastId = 0;
  #lastAge = 0;
  readonly #shared: SharedMemory;
  readonly #pause: (() => Promise<void>) | undefined;

  constructor(shared: SharedMemory, pause?: () => Promise<void>) {
    this.#shared = shared;
    this.#pause = pause;
    shared.tell = (row) => this.#tell(row);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  async create(
    head: ExecutionHead,
    commit: Commit,
  ): Promise<{ existing: ExecutionHead | undefined }> {
    const existing = this.#byArn.get(head.arn);
    if (existing !== undefined) {
      return { existing: structuredClone(this.#entries.get(existing)!.head) };
    }
    this.#entries.set(head.id, {
      head: defined({ ...head, seq: 0 }),
      records: [],
      projected: 0,
      work: new Map(),
    });
    this.#byArn.set(head.arn, head.id);
    this.#apply(this.#entries.get(head.id)!, commit);
    return { existing: undefined };
  }

  async commit(commit: Commit): Promise<'ok' | 'conflict'> {
    if (this.#pause) await this.#pause();
    const entry = this.#entries.get(commit.execution);
    if (!entry || entry.head.seq !== commit.expectedSeq) return 'conflict';
    this.#apply(entry, commit);
    return 'ok';
  }

  async load(
    id: number,
  ): Promise<{ head: ExecutionHead; records: HistoryRecord[]; work: WorkRow[] } | undefined> {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const work = [...entry.work.values()].map(({ row }) => row);
    return structuredClone({ head: entry.head, records: entry.records, work });
  }

  async outline(
    id: number,
  ): Promise<{ head: ExecutionHead; lastEventId: number; work: WorkRow[] } | undefined> {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    const work = [...entry.work.values()].map(({ row }) => row);
    return structuredClone({ head: entry.head, lastEventId: lastEventId(entry.records), work });
  }

  async headByArn(arn: string): Promise<ExecutionHead | undefined> {
    const id = this.#byArn.get(arn);
    return id === undefined ? undefined : structuredClone(this.#entries.get(id)!.head);
  }

  async history(
    id: number,
    { from, limit, reverse }: { from: number; limit: number; reverse: boolean },
  ): Promise<HistoryRecord[]> {
    const numbered = (this.#entries.get(id)?.records ?? []).filter((record) => record.id > 0);
    const found = reverse
      ? numbered.filter((record) => record.id <= from).reverse()
      : numbered.filter((record) => record.id >= from);
    return structuredClone(found.slice(0, limit));
  }

  async list(query: ListQuery): Promise<Page<ExecutionHead>> {
    const cursor = cursorOf(query);
    const found = this.#heads()
      .filter((head) => matches(query, head))
      .sort((a, b) => listedAt(b) - listedAt(a) || b.id - a.id)
      .filter((head) => {
        if (!cursor) return true;
        const at = listedAt(head);
        return at < cursor.listedAt || (at === cursor.listedAt && head.id < cursor.id);
      });
    const items = structuredClone(found.slice(0, query.limit));
    if (found.length <= query.limit) return { items };
    return { items, nextToken: tokenAfter(query, items.at(-1)!) };
  }

  async children(
    mapRunArn: string,
    after: number | undefined,
    limit: number,
  ): Promise<ExecutionHead[]> {
    const found = this.#heads()
      .filter((head) => head.mapRunArn === mapRunArn && head.id > (after ?? 0))
      .sort((a, b) => (after === undefined ? b.id - a.id : a.id - b.id));
    return structuredClone(found.slice(0, limit));
  }

  async due(now: Instant, limit: number, others: readonly number[] = []): Promise<WorkRow[]> {
    const wake = (row: WorkRow): number => (row.status === 'ready' ? 0 : row.due!);
    return this.#work(
      ({ status, due, epoch }) =>
        !others.includes(epoch) &&
        (status === 'ready' || (status === 'waiting' && due !== undefined && due <= now)),
    )
      .sort((a, b) => wake(a) - wake(b))
      .slice(0, limit);
  }

  async nextDue(now: Instant, others: readonly number[] = []): Promise<Instant | undefined> {
    const dues = this.#work(({ status, epoch }) => status === 'waiting' && !others.includes(epoch))
      .map(({ due }) => due)
      .filter((due) => due !== undefined && due > now) as Instant[];
    return dues.sort((a, b) => a - b)[0];
  }

  async lost(live: readonly number[], limit: number): Promise<WorkRow[]> {
    return this.#work(({ status, epoch }) => status === 'owned' && !live.includes(epoch)).slice(
      0,
      limit,
    );
  }

  async work(key: WorkKey): Promise<WorkRow | undefined> {
    const aged = this.#entries.get(key.execution)?.work.get(keyOf(key));
    return aged && { ...aged.row };
  }

  async activityQueue(activity: string, limit: number): Promise<WorkRow[]> {
    return this.#work((row) => row.activity === activity).slice(0, limit);
  }

  async own(read: WorkKey & Pick<WorkRow, 'epoch'>, epoch: number): Promise<boolean> {
    const work = this.#entries.get(read.execution)?.work;
    const aged = work?.get(keyOf(read));
    if (!work || !aged) return false;
    const { row } = aged;
    if (row.status === 'owned' && (row.epoch === epoch || row.epoch !== read.epoch)) return false;
    work.set(keyOf(read), { ...aged, row: { ...row, status: 'owned', epoch } });
    return true;
  }

  async markProjected(
    marks: readonly { readonly id: number; readonly seq: number }[],
  ): Promise<void> {
    for (const { id, seq } of marks) {
      const entry = this.#entries.get(id);
      if (entry) entry.projected = Math.max(entry.projected, Math.min(seq, entry.head.seq));
    }
  }

  async behind(limit: number): Promise<{ head: ExecutionHead; projected: number }[]> {
    return [...this.#entries.values()]
      .filter(({ head, projected }) => projected < head.seq)
      .slice(0, limit)
      .map(({ head, projected }) => ({ head: structuredClone(head), projected }));
  }

  async prune(before: Instant, limit: number): Promise<number> {
    const gone = this.#heads()
      .filter(({ stoppedAt }) => stoppedAt !== undefined && stoppedAt < before)
      .sort((a, b) => a.stoppedAt! - b.stoppedAt!)
      .slice(0, limit);
    for (const { id, arn } of gone) {
      this.#entries.delete(id);
      this.#byArn.delete(arn);
    }
    return gone.length;
  }

  async forget(id: number): Promise<void> {
    const head = this.#entries.get(id)?.head;
    if (head?.stoppedAt === undefined) return;
    this.#entries.delete(id);
    this.#byArn.delete(head.arn);
  }

  async counts(): Promise<{ open: number; closed: number }> {
    const closed = this.#heads().filter(({ stoppedAt }) => stoppedAt !== undefined).length;
    return { open: this.#entries.size - closed, closed };
  }

  async running(): Promise<{ account: string; region: string; count: number }[]> {
    const found = new Map<string, { account: string; region: string; count: number }>();
    for (const { account, region, status, type, mapRunArn } of this.#heads()) {
      if (status !== 'RUNNING' || type !== 'STANDARD' || mapRunArn !== undefined) continue;
      const key = placeKey({ account, region });
      const count = (found.get(key)?.count ?? 0) + 1;
      found.set(key, { account, region, count });
    }
    return [...found.values()];
  }

  #apply(entry: Entry, commit: Commit): void {
    const { work } = commit;
    const seen = entry.projected === entry.head.seq;
    entry.head = defined({ ...entry.head, ...commit.head, seq: entry.head.seq + 1 });
    entry.records.push(...structuredClone(commit.records));
    if (commit.projected && seen) entry.projected = entry.head.seq;
    for (const scope of work.cancel) {
      for (const [key, { row }] of entry.work) {
        if (row.scope === scope || row.scope.startsWith(`${scope}/`)) entry.work.delete(key);
      }
    }
    for (const key of work.remove) entry.work.delete(keyOf(key));
    for (const row of work.put) this.#put(entry, { ...row, execution: commit.execution });
    if (work.clear) entry.work.clear();
    for (const row of commit.tell ?? []) this.#tell(row);
    if (commit.ended) this.#shared.end(commit.ended.run, commit.ended.child);
  }

  #tell(row: WorkRow): void {
    const told = this.#entries.get(row.execution);
    if (told && told.head.stoppedAt === undefined) this.#put(told, row);
  }

  #put(entry: Entry, row: WorkRow): void {
    this.#lastAge += 1;
    const age = entry.work.get(keyOf(row))?.age ?? this.#lastAge;
    const { execution, scope, attempt, kind, status, epoch, due, activity, payload } = row;
    const copy = { execution, scope, attempt, kind, status, epoch, due, activity, payload };
    entry.work.set(keyOf(row), { age, row: defined(copy) });
  }

  #heads(): ExecutionHead[] {
    return [...this.#entries.values()].map(({ head }) => head);
  }

  /** Copies of the rows that match, oldest first. */
  #work(wanted: (row: WorkRow) => boolean): WorkRow[] {
    return [...this.#entries.values()]
      .flatMap(({ work }) => [...work.values()])
      .filter(({ row }) => wanted(row))
      .sort((a, b) => a.age - b.age)
      .map(({ row }) => ({ ...row }));
  }
}

/** Without the members that are undefined. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as T;
}

function matches(query: ListQuery, head: ExecutionHead): boolean {
  const { startedFrom = -Infinity, startedTo = Infinity, redriven, nameContains = '' } = query;
  const same = ['account', 'region', 'machineArn', 'versionArn', 'aliasArn', 'mapRunArn'] as const;
  const lower = (text: string): string => text.replace(/[A-Z]/g, (one) => one.toLowerCase());
  return (
    same.every((name) => query[name] === undefined || query[name] === head[name]) &&
    (query.type === undefined || query.type === head.type) &&
    (query.status === undefined || query.status === head.status) &&
    (redriven === undefined || redriven === head.redriveCount > 0) &&
    lower(head.name).includes(lower(nameContains)) &&
    head.startedAt >= startedFrom &&
    head.startedAt <= startedTo
  );
}
