/** Writing a definition, with the server's own checks and the graph beside it. */
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { validateDefinition } from '../../../../src/asl/validate.ts';
import { type Flow, readDefinition } from '../../model/definition.ts';
import { type Finding, findingsOf } from '../../model/findings.ts';
import type { Place } from '../../model/place.ts';
import { StateGraph } from '../../parts/graph/state-graph.tsx';
import { JsonEditor } from '../../parts/json/json-editor.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Empty, ErrorNotice, Panel } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';
import { Choice } from '../../parts/ui/choice.tsx';
import { Labelled } from '../../parts/ui/labelled.tsx';
import { TextField } from '../../parts/ui/text-field.tsx';
import { Toggle } from '../../parts/ui/toggle.tsx';
import { type Draft, useSave } from './draft.ts';
import { Findings, Verdict } from './findings.tsx';
import { UNDER_MACHINES } from './under.ts';
import './editor.css';

const TYPES = [
  { value: 'STANDARD', label: 'Standard', description: 'Durable, each step once, up to a year' },
  { value: 'EXPRESS', label: 'Express', description: 'Fast and short, up to five minutes' },
];

interface Props {
  readonly title: string;
  /** Of the button. */
  readonly save: string;
  readonly place: Place;
  readonly start: Draft;
  /** Of the machine that is changed; absent for a new one. */
  readonly arn?: string;
}

export function Editor({ title, save, place, start, arn }: Props): ReactNode {
  const [draft, setDraft] = useState(start);
  const change = (patch: Partial<Draft>): void => setDraft((old) => ({ ...old, ...patch }));
  // Checks and drawing may lag behind fast typing; the typing may not.
  const definition = useDeferredValue(draft.definition);
  const findings = useMemo(() => {
    const { diagnostics } = validateDefinition(definition, { type: draft.type });
    return findingsOf(definition, diagnostics);
  }, [definition, draft.type]);
  const hasErrors = findings.some((finding) => finding.severity === 'error');
  const store = useSave(place, draft, arn);
  return (
    <Page
      full
      title={title}
      under={UNDER_MACHINES}
      actions={
        <Button
          kind="primary"
          isDisabled={hasErrors || draft.name.trim() === ''}
          isBusy={store.isPending}
          onClick={() => store.mutate()}
          testId="save-machine"
        >
          {save}
        </Button>
      }
    >
      {store.error && <ErrorNotice error={store.error} />}
      <Fields draft={draft} isNew={arn === undefined} change={change} />
      <div className="split half">
        <Text draft={draft} findings={findings} change={change} />
        <Drawing definition={definition} />
      </div>
    </Page>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
}

/** Name and type of a machine stay what they were when it was made. */
function Fields({ draft, isNew, change }: PartProps & { isNew: boolean }): ReactNode {
  return (
    <div className="form-row">
      <Labelled label="Name">
        {(id) => (
          <TextField
            id={id}
            value={draft.name}
            isDisabled={!isNew}
            placeholder="OrderWorkflow"
            onChange={(name) => change({ name })}
            testId="machine-name"
          />
        )}
      </Labelled>
      <Labelled label="Type">
        {(id) => (
          <Choice
            id={id}
            options={TYPES}
            isDisabled={!isNew}
            value={draft.type}
            onChange={(type) => change({ type: type as Draft['type'] })}
          />
        )}
      </Labelled>
      <Labelled label="Role">
        {(id) => (
          <TextField id={id} value={draft.roleArn} onChange={(roleArn) => change({ roleArn })} />
        )}
      </Labelled>
      <Labelled label="Tracing">
        {(id) => (
          <Toggle id={id} isOn={draft.tracing} onChange={(tracing) => change({ tracing })}>
            Record traces
          </Toggle>
        )}
      </Labelled>
    </div>
  );
}

function Text({
  draft,
  findings,
  change,
}: PartProps & { findings: readonly Finding[] }): ReactNode {
  return (
    <Panel flush className="fill" title="Definition" side={<Verdict findings={findings} />}>
      <div className="drawing plain-editor">
        <JsonEditor
          value={draft.definition}
          onChange={(definition) => change({ definition })}
          label="Definition"
          height="100%"
          marks={findings}
        />
      </div>
      <Findings findings={findings} />
    </Panel>
  );
}

function Drawing({ definition }: { definition: string }): ReactNode {
  const flow = useLastGood(useMemo(() => readDefinition(definition), [definition]));
  return (
    <Panel flush className="fill">
      <div className="drawing">
        {flow && flow.states.length > 0 ? (
          <StateGraph flow={flow} fitKey={String(flow.states.length)} />
        ) : (
          <Empty icon="machine" title="Nothing to draw yet">
            <p>The graph appears as soon as the definition has states.</p>
          </Empty>
        )}
      </div>
    </Panel>
  );
}

/** While the text is no JSON for a moment the graph stays. */
function useLastGood(flow: Flow | undefined): Flow | undefined {
  const [last, setLast] = useState(flow);
  if (flow && flow !== last) setLast(flow);
  return flow ?? last;
}
