/** The rows that somebody has ticked, by their keys. */
import { useState } from 'react';

export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly set: (keys: readonly string[]) => void;
  readonly toggle: (key: string) => void;
}

/** Of another question (`scope`) nothing is ticked. */
export function useSelection(scope: string): Selection {
  const [kept, setKept] = useState<{ scope: string; keys: ReadonlySet<string> }>();
  const keys = kept?.scope === scope ? kept.keys : NONE;
  const set = (next: Iterable<string>): void => setKept({ scope, keys: new Set(next) });
  return {
    keys,
    set,
    toggle(key) {
      set(keys.has(key) ? [...keys].filter((one) => one !== key) : [...keys, key]);
    },
  };
}

const NONE: ReadonlySet<string> = new Set();
