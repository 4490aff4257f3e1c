/** What one process is made of so that the world sees into it, and defects that it is to survive. */
import type { TestedStates } from '../src/service/states/testing.ts';
import type { Marks } from './marks.ts';

/** What a decision throws on a task whose parameters say so: each time, or once in a process. */
export const PLANTED = 'planted in the simulation';
export const SPOILT = { always: 'spoilt for ever', once: 'spoilt once' } as const;

export function observed(marks: Marks): Pick<TestedStates, 'observe' | 'request'> {
  /** Executions whose state in memory is old. */
  const old = new Set<number>();
  const thrown = new Set<string>();
  return {
    observe: (what, execution) => {
      if (what === 'evicted') marks.note('evictions');
      else if (what === 'conflict') {
        marks.note('commits that conflicted');
        old.add(execution);
      } else if (old.delete(execution)) marks.note('reloads after a conflict');
    },
    request: (_resource, given) => {
      const { text } = given;
      if (text.includes(SPOILT.always)) throw new TypeError(PLANTED);
      if (!text.includes(SPOILT.once)) return given;
      if (thrown.has(text)) {
        marks.note('defects survived');
        return given;
      }
      thrown.add(text);
      throw new TypeError(PLANTED);
    },
  };
}
