/**
 * Ids that several processes can hand out without asking each other: each takes a block of them
 * from the database and the next block long before it runs out.
 */
import { type Database, DatabaseError } from '../database.ts';

const BLOCK = 100_000;
const TAKE_NEXT_BELOW = BLOCK / 2;

export class IdBlocks {
  readonly #db: Database;
  #next: number;
  #end: number;
  #following: number | undefined;
  #taking = false;

  private constructor(db: Database, first: number) {
    this.#db = db;
    this.#next = first;
    this.#end = first + BLOCK;
  }

  static async open(db: Database): Promise<IdBlocks> {
    return new IdBlocks(db, await takeBlock(db));
  }

  next(): number {
    if (this.#next === this.#end) this.#turn();
    if (this.#end - this.#next < TAKE_NEXT_BELOW && this.#following === undefined) this.#take();
    return this.#next++;
  }

  #turn(): void {
    if (this.#following === undefined) {
      throw new DatabaseError('no new id could be taken from the database', 'NO_IDS', true);
    }
    this.#next = this.#following;
    this.#end = this.#following + BLOCK;
    this.#following = undefined;
  }

  #take(): void {
    if (this.#taking) return;
    this.#taking = true;
    takeBlock(this.#db).then(
      (first) => {
        this.#following = first;
        this.#taking = false;
      },
      // The next id asked for tries again; while the block lasts nobody is hurt.
      () => {
        this.#taking = false;
      },
    );
  }
}

async function takeBlock(db: Database): Promise<number> {
  for (;;) {
    const [row] = await db.read('SELECT next FROM id_block', []);
    const first = row!.next as number;
    const outcome = await db.write({
      guards: 1,
      statements: [
        { sql: 'UPDATE id_block SET next = $1 WHERE next = $2', params: [first + BLOCK, first] },
      ],
    });
    if (outcome === 'ok') return first;
  }
}
