/**
 * What each step of a state's data flow has given so far, and which of it AWS shows: the members of
 * inspectionData by state type and query language, as recorded.
 */
import type { State } from '../../asl/machine.ts';
import type { Doc } from '../../ground/json.ts';

export type StageName =
  | 'afterArguments'
  | 'afterInputPath'
  | 'afterParameters'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'afterItemsPath'
  | 'afterItemsPointer'
  | 'afterItemSelector'
  | 'afterItemBatcher';

export type Stages = { [S in StageName]?: Doc };

/** The stage that filling a template makes, by the template's field. */
export const STAGE_OF_FIELD: Readonly<Record<string, StageName | undefined>> = {
  Arguments: 'afterArguments',
  Parameters: 'afterParameters',
  ResultSelector: 'afterResultSelector',
};

/** Present where the Map declares them. From the API's model, not recorded. */
const READING = ['afterItemsPointer', 'afterItemSelector', 'afterItemBatcher'] as const;
const AFTER_RESULT = ['afterResultSelector', 'afterResultPath'] as const;

/** The stages that are shown of this state. */
export function shownStages(state: State): readonly StageName[] {
  if (state.queryLanguage === 'JSONata') {
    if (state.type === 'Task') return ['afterArguments', 'result'];
    return state.type === 'Map' ? READING : [];
  }
  switch (state.type) {
    case 'Pass':
      if (state.result) return ['result', ...AFTER_RESULT];
      return ['afterInputPath', 'afterParameters', ...AFTER_RESULT];
    case 'Task':
      return ['afterInputPath', 'afterParameters', 'result', ...AFTER_RESULT];
    case 'Map':
      return ['afterInputPath', 'afterItemsPath', ...READING, ...AFTER_RESULT];
    case 'Parallel':
      return AFTER_RESULT;
    default:
      return ['afterInputPath'];
  }
}
