/**
 * What the children of a distributed Map run: the state's item processor as a machine of its own.
 * State names are unique in a definition, however deep the states lie.
 */
import { invariant } from '../ground/invariant.ts';
import { isObject, type Json, type JsonObject, parseData, printJson } from '../ground/json.ts';
import type { Flow, Machine, MapState } from './machine.ts';

export function processorMachine(machine: Machine, stateName: string): Machine {
  const state = mapsOf(machine).find(({ name }) => name === stateName);
  invariant(state, `the definition has the Map state ${stateName}`);
  return { ...state.processor, queryLanguage: machine.queryLanguage };
}

/** Every Map state, however deep. */
export function mapsOf(flow: Flow): MapState[] {
  return [...flow.states.values()].flatMap((state) => {
    if (state.type === 'Map') return [state, ...mapsOf(state.processor)];
    return state.type === 'Parallel' ? state.branches.flatMap(mapsOf) : [];
  });
}

/** The same as the text of a definition. */
export function processorText(definition: string, stateName: string): string {
  const machine = parseData(definition) as JsonObject;
  const state = findState(machine, stateName);
  invariant(state, `the definition has the state ${stateName}`);
  const processor = (state.ItemProcessor ?? state.Iterator) as JsonObject;
  const { QueryLanguage: language } = machine;
  return printJson({ ...(language !== undefined && { QueryLanguage: language }), ...processor });
}

function findState(flow: Json | undefined, name: string): JsonObject | undefined {
  if (!isObject(flow) || !isObject(flow.States)) return undefined;
  for (const [key, state] of Object.entries(flow.States)) {
    if (!isObject(state)) continue;
    if (key === name) return state;
    const branches = Array.isArray(state.Branches) ? state.Branches : [];
    for (const inner of [state.ItemProcessor, state.Iterator, ...branches]) {
      const found = findState(inner, name);
      if (found) return found;
    }
  }
  return undefined;
}
