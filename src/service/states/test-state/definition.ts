/**
 * From the definition of a request to the state under test. A state on its own is validated as the
 * only one of a machine, under the name that AWS gives it; where it goes next need not exist.
 */
import { compileMachine } from '../../../asl/compile.ts';
import type { State } from '../../../asl/machine.ts';
import { parseTree } from '../../../asl/parse.ts';
import { type Diagnostic, invalidDefinitionMessage } from '../../../asl/validate.ts';
import { findState, TESTED_NAME } from '../../../execution/test-state/subject.ts';
import { Fault } from '../../../ground/fault.ts';
import type { Definitions } from '../deps.ts';
import { validation } from '../faults.ts';

/** `stateName` names a state of a whole machine, at any depth; without it there is but a state. */
export async function stateUnderTest(
  definitions: Definitions,
  definition: string,
  stateName: string | undefined,
): Promise<State> {
  const parsed = parseTree(definition);
  if (stateName !== undefined || !('tree' in parsed) || parsed.tree.kind !== 'object') {
    refuse(await definitions.validate(definition, 'STANDARD'));
    const state = findState(compileMachine(definition), stateName ?? TESTED_NAME);
    if (!state) throw validation('State not found in definition');
    return state;
  }
  const machine = `{"StartAt":"${TESTED_NAME}","States":{"${TESTED_NAME}":${definition}}}`;
  const diagnostics = await definitions.validate(machine, 'STANDARD');
  refuse(diagnostics.filter((one) => !isAboutNeighbours(one)));
  return compileMachine(machine).states.get(TESTED_NAME)!;
}

const NEIGHBOUR = new RegExp(
  `^/States/${TESTED_NAME}/(Next|Default|(Choices|Catch)\\[\\d+\\]/Next)$`,
);

/** What only a whole machine can be asked for. */
function isAboutNeighbours({ code, location = '' }: Diagnostic): boolean {
  if (code === 'MISSING_END_STATE') return true;
  return code === 'MISSING_TRANSITION_TARGET' && NEIGHBOUR.test(location);
}

function refuse(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.every(({ severity }) => severity !== 'ERROR')) return;
  throw new Fault('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}
