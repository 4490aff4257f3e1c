/** A definition as graph and as text; choosing a state shows its part. */
import { type ReactNode, useMemo } from 'react';
import { placesOf, readDefinition } from '../../model/definition.ts';
import type { StateMachine } from '../../model/shapes.ts';
import { StateGraph } from '../../parts/graph/state-graph.tsx';
import { JsonText, JsonView } from '../../parts/json/json-view.tsx';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Panel } from '../../parts/ui/basics.tsx';

export function Definition({ machine }: { machine: StateMachine }): ReactNode {
  const flow = useMemo(() => readDefinition(machine.definition), [machine.definition]);
  const { state } = useAddress();
  const patch = usePatch();
  const node = state ? placesOf(flow).get(state)?.node : undefined;
  return (
    <div className="split">
      <Panel flush className="fill">
        <div className="drawing">
          {flow && (
            <StateGraph
              flow={flow}
              selected={state}
              onSelect={(name) => patch({ state: name ?? '' })}
              fitKey={machine.revisionId ?? machine.stateMachineArn}
            />
          )}
        </div>
      </Panel>
      <aside className="panel side-panel" aria-label="Definition">
        <header>
          <h2>{node ? node.name : 'Definition'}</h2>
          {node && (
            <button type="button" className="link" onClick={() => patch({ state: '' })}>
              Whole definition
            </button>
          )}
        </header>
        <div className="scroll">
          {node ? <JsonView value={node.raw} /> : <JsonText text={machine.definition} />}
        </div>
      </aside>
    </div>
  );
}
