/**
 * How a contract suite is written: cases by name, run against a store that is made anew for each,
 * with gaps as data that say why.
 */
import { describe, onTestFinished, test } from 'vitest';

export interface Subject<Store> {
  readonly store: Store;
  close(): Promise<void>;
}

export interface SuiteOptions {
  /** Case → why this implementation cannot hold it. */
  readonly skip?: Readonly<Record<string, string>>;
}

export type Cases<Store> = Readonly<Record<string, (store: Store) => Promise<void>>>;

export function exercise<Store>(
  name: string,
  newStore: () => Promise<Subject<Store>>,
  cases: Cases<Store>,
  { skip = {} }: SuiteOptions,
): void {
  const unknown = Object.keys(skip).filter((title) => !(title in cases));
  if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}`);
  describe(name, () => {
    for (const [title, run] of Object.entries(cases)) {
      const reason = skip[title];
      test.skipIf(reason)(reason ? `${title} (skipped: ${reason})` : title, async () => {
        const { store, close } = await newStore();
        onTestFinished(close);
        await run(store);
      });
    }
  });
}
