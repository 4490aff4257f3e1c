/** One execution in its engine's memory: its mailbox, and its state while that is at hand. */
import type { Machine } from '../../asl/machine.ts';
import type { ScopePath } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import type { ExecutionState } from '../../execution/state.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { Pending, PendingKey } from './pending.ts';
import type { RowName } from './plan.ts';

/** What somebody has to say to an execution. */
export interface Mail {
  readonly signal: Signal | EndedChild | Claimed | Redeemed;
  /** The row that says the same after a crash. It goes with the turn that hears it. */
  readonly row?: RowName;
  readonly answer?: Answer;
}

/** A signal in the making: what it says depends on the parent's task. */
export interface EndedChild {
  readonly type: 'ChildEnded';
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly child: ExecutionHead;
}

/** This process has made a `ready` row its own, and a slot is taken for it. */
export interface Claimed {
  readonly type: 'Claimed';
  readonly scope: ScopePath;
  readonly attempt: number;
}

/** A signal that counts only where the open attempt has this very token. */
export interface Redeemed {
  readonly type: 'Redeemed';
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly token: string;
  readonly signal: Signal;
}

export interface Answer {
  /** False where the signal was stale. Called once what it caused is durable. */
  resolve(accepted: boolean): void;
  reject(error: unknown): void;
}

/** What decisions need. Dropped on conflicts and errors, and when memory is short. */
export interface Loaded {
  head: ExecutionHead;
  readonly machine: Machine;
  readonly state: ExecutionState;
  readonly rows: Map<PendingKey, Pending>;
}

export class Cell {
  readonly id: number;
  loaded: Loaded | undefined;
  mail: Mail[] = [];
  /** Loading, deciding or committing. */
  busy = false;
  /** Some mail does not just wait for company. */
  urgent = false;
  /** Used since the cache last looked. */
  touched = true;
  sizeBytes = 0;
  /** How often a decision has thrown since the last one that did not. */
  defects = 0;

  constructor(id: number) {
    this.id = id;
  }

  get idle(): boolean {
    return !this.busy && this.mail.length === 0;
  }
}

/** The cells in memory. Idle ones leave, oldest first, when the sum of sizes passes the limit. */
export class Cells {
  readonly #cells = new Map<number, Cell>();
  readonly #bytesMax: number;
  readonly #evicted: (id: number) => void;
  #bytes = 0;

  constructor(bytesMax: number, evicted: (id: number) => void) {
    this.#bytesMax = bytesMax;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#cells.size;
  }

  get(id: number): Cell | undefined {
    return this.#cells.get(id);
  }

  add(cell: Cell): void {
    this.#cells.set(cell.id, cell);
  }

  delete(cell: Cell): void {
    if (this.#cells.get(cell.id) !== cell) return;
    this.#cells.delete(cell.id);
    this.#bytes -= cell.sizeBytes;
    cell.sizeBytes = 0;
  }

  /** The cell's state has grown by about this much. */
  grow(cell: Cell, bytes: number): void {
    if (this.#cells.get(cell.id) !== cell) return;
    cell.sizeBytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesMax) this.#shrink();
  }

  #shrink(): void {
    const enough = this.#bytesMax * 0.8;
    // Twice around at most: once to see who was used since the last look, once to let go.
    let looks = this.#cells.size * 2;
    for (const [id, cell] of this.#cells) {
      if (this.#bytes <= enough || looks-- === 0) return;
      if (cell.idle && !cell.touched) {
        this.delete(cell);
        this.#evicted(id);
        continue;
      }
      cell.touched = false;
      this.#cells.delete(id);
      this.#cells.set(id, cell);
    }
  }
}
