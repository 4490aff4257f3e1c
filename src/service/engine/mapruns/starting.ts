/** Begins a Map Run's children, a batch at a time. */
import type { MapRunCursor, MapRunSignal } from '../../../execution/maprun.ts';
import { isFault } from '../../../ground/fault.ts';
import { printJson } from '../../../ground/json.ts';
import type { Instant } from '../../../ground/time.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import { openItems } from '../../items/open.ts';
import { ItemsError } from '../../items/source.ts';
import { ObjectError } from '../../ports/objects.ts';
import { childOf } from './children.ts';
import { type ChildInput, Inputs } from './inputs.ts';
import { RETRY_AFTER_MS, SLICE_MS } from './limits.ts';
import { pendingRecordOf } from './record.ts';
import type { RunDeps } from './run-deps.ts';
import { RunFailure, Subject } from './subject.ts';

/** Children that are begun together. */
export interface Batch {
  /** The cursor after the last of them; undefined while they are being begun. */
  cursor: MapRunCursor | undefined;
  /** All of them are durable. */
  done: boolean;
}

export class Starting {
  readonly #deps: RunDeps;
  #run: StoredMapRun;
  #subject: Subject | undefined;
  #inputs: Inputs | undefined;
  /** After the latest child that was begun. */
  #cursor: MapRunCursor;
  #halted = false;
  #pauses = new Set<() => void>();
  /** When others have their turn. */
  #sliceEnd: Instant = 0;
  /** There are no more items, or none that can be read. */
  exhausted = false;

  constructor(deps: RunDeps, run: StoredMapRun) {
    this.#deps = deps;
    this.#run = run;
    this.#cursor = run.state.cursor;
  }

  /** Children that were begun before, and whose items cannot be read again. */
  adopt(children: number, items: number): MapRunSignal {
    const { position, done } = this.#cursor;
    this.#cursor = { children, items: this.#cursor.items + items, position, done };
    return { type: 'Started', cursor: this.#cursor };
  }

  /** Number of the next child. */
  get index(): number {
    return this.#cursor.children;
  }

  /**
   * Begins up to `quota` children, as long as they are `wanted`. `done` is called when the batch's
   * cursor may be stored. Answers with what is to be said where there can be no more children.
   */
  async start(
    run: StoredMapRun,
    batch: Batch,
    quota: number,
    wanted: () => boolean,
    done: () => void,
  ): Promise<MapRunSignal | undefined> {
    this.#run = run;
    const begun: Promise<void>[] = [];
    let failure: MapRunSignal | undefined;
    try {
      await this.#beginSome(begun, quota, wanted);
    } catch (error) {
      failure = failureOf(error);
      this.#inputs = undefined;
      if (!failure) throw error;
      this.exhausted = true;
    } finally {
      batch.cursor = this.#cursor;
      void Promise.all(begun).then(
        () => {
          batch.done = true;
          done();
        },
        () => undefined,
      );
    }
    return failure;
  }

  async #beginSome(begun: Promise<void>[], quota: number, wanted: () => boolean): Promise<void> {
    const subject = await this.#subjectNow();
    this.#inputs ??= this.#open(subject, this.#cursor);
    this.#sliceEnd = this.#deps.clock.now() + SLICE_MS;
    while (begun.length < quota && wanted() && !this.#halted) {
      const input = await this.#inputs.next();
      if (!input) {
        this.exhausted = true;
        this.#cursor = { ...this.#cursor, done: true };
        return;
      }
      begun.push(this.#begin(subject, this.#cursor.children, input));
      const { children, items } = this.#cursor;
      const taken = items + input.items;
      const done = taken === this.#run.state.total;
      const { position } = input;
      this.#cursor = { children: children + 1, items: taken, position, done };
      if (done) {
        this.exhausted = true;
        return;
      }
      const turn = this.#othersTurn();
      if (turn) await turn;
    }
  }

  /** What to wait for once this has worked for long enough. */
  #othersTurn(): Promise<void> | undefined {
    const { clock } = this.#deps;
    if (clock.now() < this.#sliceEnd) return undefined;
    return this.pause(0).then(() => {
      this.#sliceEnd = clock.now() + SLICE_MS;
    });
  }

  /** Durable when it resolves. One that is there already is the one that is meant. */
  async #begin(subject: Subject, index: number, input: ChildInput): Promise<void> {
    const { tools, engines } = this.#deps;
    const child = childOf(this.#run, subject.head, index, input, tools);
    for (;;) {
      try {
        if (child.type === 'STANDARD') await engines.standard.begin(child);
        else await engines.express.begin(child);
        return;
      } catch (error) {
        // Throttled, or the disk is full: it comes later.
        if (this.#halted || !isFault(error)) throw error;
        await this.pause(RETRY_AFTER_MS);
        if (this.#halted) throw error;
      }
    }
  }

  /**
   * JSON texts of the records of children that never ran, as far as their items can be read: what
   * cannot has failed the Map Run, or its execution has left the state that had them.
   */
  async *pending(run: StoredMapRun): AsyncGenerator<string[]> {
    if (run.state.cursor.done) return;
    let inputs: Inputs | undefined;
    try {
      const subject = await this.#subjectNow();
      let { children } = run.state.cursor;
      inputs = this.#open(subject, run.state.cursor);
      for (let next = await inputs.next(); next; next = await inputs.next()) {
        const child = childOf(run, subject.head, children++, next, this.#deps.tools);
        yield [printJson(pendingRecordOf(child))];
      }
    } catch (error) {
      if (!failureOf(error)) throw error;
    } finally {
      await inputs?.close();
    }
  }

  #open(subject: Subject, cursor: MapRunCursor): Inputs {
    const { order } = this.#run;
    const { reader, batcher } = order;
    const source = reader ? openItems(reader, this.#deps.objects, this.#run) : subject.items;
    const itemsMax = reader?.maxItems ?? Number.POSITIVE_INFINITY;
    const othersTurn = () => this.#othersTurn();
    return new Inputs({ subject, source, batcher, itemsMax, cursor, othersTurn });
  }

  async #subjectNow(): Promise<Subject> {
    if (this.#subject) return this.#subject;
    this.#subject = await Subject.load(this.#deps, this.#run);
    if (!this.#subject) throw new Abandoned();
    return this.#subject;
  }

  pause(ms: number): Promise<void> {
    const { clock } = this.#deps;
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pauses.delete(end);
        resolve();
      };
      this.#pauses.add(end);
      clock.wake(clock.now() + ms, end);
    });
  }

  halt(): void {
    this.#halted = true;
    for (const end of this.#pauses) end();
  }

  async close(): Promise<void> {
    await this.#inputs?.close();
  }
}

/** The execution has left the state that began the Map Run. */
class Abandoned extends Error {
  override name = 'Abandoned';
}

/** Undefined for a defect of ours. */
function failureOf(error: unknown): MapRunSignal | undefined {
  if (error instanceof Abandoned) return { type: 'Abort' };
  if (error instanceof RunFailure) {
    return { type: 'Fail', error: error.error, cause: error.message };
  }
  if (error instanceof ItemsError || error instanceof ObjectError) {
    return { type: 'Fail', error: 'States.ItemReaderFailed', cause: error.message };
  }
  return undefined;
}
