/**
 * The Map Runs of this process: begun when an execution's commit asks for one, taken over when the
 * process that ran them has died, ended when nobody waits for them any more.
 */

import type { MapRunSignal } from '../../../execution/maprun.ts';
import { decideMapRun, newMapRun } from '../../../execution/maprun.ts';
import type { MapRunOrder, MapRunRedrive } from '../../../execution/maprun-order.ts';
import type { ExecutionHead, WorkRow } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import type { Service } from '../../lifecycle.ts';
import type { LimitWatch } from '../../limits/watch.ts';
import type { MapRunHost } from '../engine.ts';
import { Admission } from './admission.ts';
import { RETRY_AFTER_MS } from './limits.ts';
import { keyOf } from './ownership.ts';
import { MapRun } from './run.ts';
import type { RunDeps } from './run-deps.ts';

export interface MapRunsDeps extends Omit<RunDeps, 'closed'> {
  /** Hears how many are open. */
  readonly watch?: Pick<LimitWatch, 'note'>;
}

type Change = Extract<MapRunSignal, { type: 'Update' }>;
type Note = MapRunOrder | MapRunRedrive;
type AskedRow = Pick<WorkRow, 'scope' | 'attempt' | 'payload'>;

const PAGE = 100;

export class MapRuns implements MapRunHost, Service {
  readonly #deps: MapRunsDeps;
  readonly #open = new Map<number, MapRun>();
  readonly #byArn = new Map<string, MapRun>();
  /** Those that are being begun or taken over, by ARN. */
  readonly #opening = new Map<string, Promise<void>>();
  readonly #admission: Admission<MapRun>;
  #stopped = false;

  constructor(deps: MapRunsDeps) {
    this.#deps = deps;
    this.#admission = new Admission(deps);
  }

  /** How many are open here. */
  get size(): number {
    return this.#open.size;
  }

  /** True while one of them reads, begins children, writes or gathers; not while it waits. */
  get busy(): boolean {
    return this.#opening.size > 0 || [...this.#open.values()].some(({ busy }) => busy);
  }

  start(): Promise<void> {
    return this.takeOver();
  }

  /** Finds those whose execution went away while nobody ran them. */
  async takeOver(): Promise<void> {
    const { mapRuns, executions } = this.#deps;
    for (let after = 0; ; ) {
      const page = await mapRuns.open(after, PAGE);
      for (const run of page) {
        const row = await executions.work(keyOf(run, 'mapRun'));
        if (!row) this.#opened(run.arn, () => this.#abort(run));
      }
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#open.values()].map((run) => run.halt()));
  }

  begin(head: ExecutionHead, row: AskedRow): void {
    this.#opened(noteOf(row).arn, () => this.#begin(head, row));
  }

  async recover(row: WorkRow): Promise<void> {
    const { executions, epoch } = this.#deps;
    const found = await executions.load(row.execution);
    if (found && (await executions.own(row, epoch))) this.begin(found.head, row);
  }

  abandon(note: string): void {
    const { arn } = JSON.parse(note) as Note;
    const before = this.#opening.get(arn) ?? Promise.resolve();
    void before.then(() => this.#byArn.get(arn)?.ask({ type: 'Abort' }));
  }

  childEnded({ mapItem }: ExecutionHead): void {
    this.#open.get(mapItem!.run)?.ended();
  }

  /** What is known of a Map Run here, newer than what is stored. */
  held(arn: string): StoredMapRun | undefined {
    return this.#byArn.get(arn)?.stored;
  }

  /** False where it is over. */
  async update(arn: string, change: Change): Promise<boolean> {
    await this.#opening.get(arn);
    const run = this.#byArn.get(arn);
    if (run) return run.ask(change);
    return this.#deps.live ? this.#updateStored(arn, change) : false;
  }

  /** Another node runs it, and finds the change at its next commit or look. */
  async #updateStored(arn: string, change: Change): Promise<boolean> {
    const { mapRuns, clock } = this.#deps;
    for (;;) {
      const stored = await mapRuns.byArn(arn);
      const changed = stored && decideMapRun(stored.state, change, clock.now());
      if (!stored || !changed || changed === stored.state) return false;
      // What follows from it is for the one that knows which children are being begun.
      const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = changed;
      const state = {
        ...stored.state,
        maxConcurrency,
        ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
        ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
      };
      const commit = { run: stored.id, expectedSeq: stored.seq, state, counted: [] };
      if ((await mapRuns.commit(commit)) === 'ok') return true;
    }
  }

  /** One thing after the other for each Map Run; tried again as long as the store fails. */
  #opened(arn: string, work: () => Promise<void>): void {
    const before = this.#opening.get(arn) ?? Promise.resolve();
    const attempt = async (): Promise<void> => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          this.#deps.log.error('could not begin a Map Run', { mapRun: arn, error });
          if (this.#stopped) return;
          const { clock } = this.#deps;
          await new Promise<void>((resolve) => {
            clock.wake(clock.now() + RETRY_AFTER_MS, resolve);
          });
        }
      }
    };
    const now: Promise<void> = before.then(attempt).finally(() => {
      if (this.#opening.get(arn) === now) this.#opening.delete(arn);
    });
    this.#opening.set(arn, now);
  }

  async #begin(head: ExecutionHead, row: AskedRow): Promise<void> {
    if (this.#stopped) return;
    const note = noteOf(row);
    if ('redriveCount' in note) return this.#redrive(note, head, row);
    if (this.#byArn.has(note.arn)) return;
    await this.#create(note, head, row);
  }

  async #create(order: MapRunOrder, head: ExecutionHead, row: AskedRow): Promise<void> {
    const { mapRuns, engines, clock } = this.#deps;
    const run: StoredMapRun = {
      id: engines.standard.nextId(),
      account: head.account,
      region: head.region,
      arn: order.arn,
      execution: { id: head.id, arn: head.arn, scope: row.scope },
      ...machineOf(head, order.label),
      order,
      seq: 0,
      state: newMapRun(order, row.attempt, clock.now()),
    };
    const existing = await mapRuns.create(run);
    if (existing?.state.stage === 'closed') return;
    await this.#run(existing ?? run);
  }

  /**
   * What is over runs again. What is not is ended first: nobody waits for it any more, and whoever
   * was to say so may have died.
   */
  async #redrive(note: MapRunRedrive, head: ExecutionHead, row: AskedRow): Promise<void> {
    const { arn, redriveCount } = note;
    const { attempt } = row;
    let stored = this.held(arn) ?? (await this.#deps.mapRuns.byArn(arn));
    if (!stored) return this.#beginLate(arn, head, row);
    const isRedriven = stored.state.attempt === attempt;
    if (stored.state.stage !== 'closed') {
      const run = this.#byArn.get(arn) ?? (await this.#run(stored));
      if (isRedriven) return;
      void run.ask({ type: 'Abort', attempt: stored.state.attempt });
      await run.over;
      stored = run.stored;
    }
    if (isRedriven || this.#stopped) return;
    const run = await this.#run(stored);
    void run.ask({ type: 'Redrive', attempt, redriveCount });
  }

  /** The execution was stopped before its Map Run could begin. */
  async #beginLate(arn: string, head: ExecutionHead, row: AskedRow): Promise<void> {
    const found = await this.#deps.executions.load(head.id);
    for (const record of found?.records ?? []) {
      if (record.type !== 'MapRunStarted' || record.details.mapRunArn !== arn) continue;
      return this.#create(record.hidden.note, head, row);
    }
  }

  /** It may have been redriven since it was found void. Nobody waits for that. */
  async #abort({ arn, state: { attempt } }: StoredMapRun): Promise<void> {
    const signal = { type: 'Abort', attempt } as const;
    const run = this.#byArn.get(arn);
    if (run) return void run.ask(signal);
    const stored = await this.#deps.mapRuns.byArn(arn);
    const isVoid = stored?.state.stage !== 'closed' && stored?.state.attempt === attempt;
    if (isVoid && !this.#stopped) await this.#run(stored, signal);
  }

  async #run(stored: StoredMapRun, signal?: MapRunSignal): Promise<MapRun> {
    const run = new MapRun({ ...this.#deps, closed: (id) => this.#closed(id) }, stored);
    this.#open.set(stored.id, run);
    this.#byArn.set(stored.arn, run);
    await run.open(signal);
    const { stage, cursor } = stored.state;
    const begun = stage !== 'closed' && cursor.children > 0;
    // One without items may be over by now.
    if (this.#open.get(stored.id) === run) this.#admission.enter(run, stored, begun);
    return run;
  }

  #closed(id: number): void {
    const run = this.#open.get(id);
    if (!run) return;
    this.#open.delete(id);
    this.#byArn.delete(run.stored.arn);
    this.#admission.leave(run, run.stored);
  }
}

const noteOf = ({ payload }: AskedRow): Note => JSON.parse(payload!) as Note;

/** The state machine that children are executions of. */
function machineOf({ machineArn, machineName }: ExecutionHead, label: string) {
  const plain = (text: string): string => text.split('/', 1)[0]!;
  return {
    machineArn: `${plain(machineArn)}/${label}`,
    machineName: `${plain(machineName)}/${label}`,
  };
}
