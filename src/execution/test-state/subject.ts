/** The one state that TestState works on, taken out of its machine. */
import type { Flow, Machine, State, SucceedState } from '../../asl/machine.ts';

/** The name that AWS gives the tested state, whatever its own is (recorded). */
export const TESTED_NAME = 'StateName';

/** The state of that name, however deep in Maps and Parallels. */
export function findState(flow: Flow, name: string): State | undefined {
  const own = flow.states.get(name);
  if (own) return own;
  for (const state of flow.states.values()) {
    for (const inner of flowsIn(state)) {
      const found = findState(inner, name);
      if (found) return found;
    }
  }
  return undefined;
}

function flowsIn(state: State): readonly Flow[] {
  if (state.type === 'Map') return [state.processor];
  return state.type === 'Parallel' ? state.branches : [];
}

/** A machine of nothing but the state and, as stubs, the states it may go to. */
export function isolate(state: State): Machine {
  const tested: State = { ...state, name: TESTED_NAME };
  const states = new Map<string, State>();
  for (const name of targetsOf(state)) states.set(name, stub(name));
  states.set(TESTED_NAME, tested);
  return { startAt: TESTED_NAME, states, queryLanguage: state.queryLanguage };
}

function targetsOf(state: State): string[] {
  const targets = [state.next];
  if (state.type === 'Choice') targets.push(state.default, ...state.choices.map((one) => one.next));
  return targets.filter((name) => name !== undefined);
}

const stub = (name: string): SucceedState => ({
  type: 'Succeed',
  name,
  queryLanguage: 'JSONPath',
  end: true,
});
