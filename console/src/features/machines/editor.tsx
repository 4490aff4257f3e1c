/** Writing a definition, with the server's own checks and the graph beside it. */
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Toggle from '@cloudscape-design/components/toggle';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { validateDefinition } from '../../../../src/asl/validate.ts';
import { call } from '../../api/call.ts';
import { type Flow, readDefinition } from '../../model/definition.ts';
import { type Finding, findingsOf } from '../../model/findings.ts';
import { machinePath } from '../../model/paths.ts';
import { StateGraph } from '../../parts/graph/state-graph.tsx';
import { JsonEditor } from '../../parts/json/json-editor.tsx';
import { Page } from '../../parts/page/page.tsx';
import { Empty, ErrorNotice, Panel } from '../../parts/ui/basics.tsx';
import { Icon } from '../../parts/ui/icons.tsx';
import { UNDER_MACHINES } from './under.ts';

export interface Draft {
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: string;
  readonly roleArn: string;
  readonly tracing: boolean;
}

const TYPES = [
  { value: 'STANDARD', label: 'Standard', description: 'Durable, each step once, up to a year' },
  { value: 'EXPRESS', label: 'Express', description: 'Fast and short, up to five minutes' },
];

export function Editor(props: {
  title: string;
  save: string;
  start: Draft;
  isNew?: boolean;
  arn?: string;
}): ReactNode {
  const { title, save, start, isNew, arn } = props;
  const [draft, setDraft] = useState(start);
  const change = (patch: Partial<Draft>): void => setDraft((old) => ({ ...old, ...patch }));
  const definition = useDeferredValue(draft.definition);
  const flow = useLastGood(useMemo(() => readDefinition(definition), [definition]));
  const findings = useMemo(() => {
    const { diagnostics } = validateDefinition(definition, { type: draft.type });
    return findingsOf(definition, diagnostics);
  }, [definition, draft.type]);
  const hasErrors = findings.some((finding) => finding.severity === 'error');
  const store = useSave(draft, arn);
  return (
    <Page
      full
      title={title}
      under={UNDER_MACHINES}
      actions={
        <Button
          variant="primary"
          disabled={hasErrors || draft.name.trim() === ''}
          loading={store.isPending}
          onClick={() => store.mutate()}
          data-testid="save-machine"
        >
          {save}
        </Button>
      }
    >
      {store.error && <ErrorNotice error={store.error} />}
      <div className="form-row">
        <FormField label="Name">
          <Input
            value={draft.name}
            disabled={!isNew}
            placeholder="OrderWorkflow"
            spellcheck={false}
            onChange={({ detail }) => change({ name: detail.value })}
            data-testid="machine-name"
          />
        </FormField>
        <FormField label="Type">
          <Select
            options={TYPES}
            disabled={!isNew}
            selectedOption={TYPES.find((type) => type.value === draft.type)!}
            onChange={({ detail }) =>
              change({ type: detail.selectedOption.value as Draft['type'] })
            }
          />
        </FormField>
        <FormField label="Role">
          <Input
            value={draft.roleArn}
            spellcheck={false}
            onChange={({ detail }) => change({ roleArn: detail.value })}
          />
        </FormField>
        <FormField label="Tracing">
          <Toggle
            checked={draft.tracing}
            onChange={({ detail }) => change({ tracing: detail.checked })}
          >
            Record traces
          </Toggle>
        </FormField>
      </div>
      <div className="split half">
        <Panel flush className="fill" title="Definition" side={<Verdict findings={findings} />}>
          <div className="drawing plain-editor">
            <JsonEditor
              value={draft.definition}
              onChange={(text) => change({ definition: text })}
              label="Definition"
              height="100%"
              marks={findings}
            />
          </div>
          <Findings findings={findings} />
        </Panel>
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
      </div>
    </Page>
  );
}

/** While the text is no JSON for a moment the graph stays. */
function useLastGood(flow: Flow | undefined): Flow | undefined {
  const [last, setLast] = useState(flow);
  if (flow && flow !== last) setLast(flow);
  return flow ?? last;
}

function useSave(draft: Draft, arn: string | undefined) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const { name, type, definition, roleArn, tracing } = draft;
      const shared = { definition, roleArn, tracingConfiguration: { enabled: tracing } };
      if (arn) {
        await call('states', 'UpdateStateMachine', { stateMachineArn: arn, ...shared });
        return arn;
      }
      const input = { name: name.trim(), type, ...shared };
      const made = await call<{ stateMachineArn: string }>('states', 'CreateStateMachine', input);
      return made.stateMachineArn;
    },
    onSuccess: async (saved) => {
      client.invalidateQueries({ queryKey: ['machines'] });
      client.invalidateQueries({ queryKey: ['machine', saved] });
      await navigate({ to: machinePath(saved) });
    },
  });
}

function Verdict({ findings }: { findings: readonly Finding[] }): ReactNode {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  if (errors === 0) {
    return (
      <span className="status" data-tone="succeeded" data-testid="verdict">
        <Icon name="check" size={12} />
        Valid
      </span>
    );
  }
  return (
    <span className="status" data-tone="failed" data-testid="verdict">
      <Icon name="cross" size={12} />
      {errors === 1 ? '1 error' : `${errors} errors`}
    </span>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }): ReactNode {
  if (findings.length === 0) return null;
  return (
    <ul className="findings">
      {findings.slice(0, 50).map((finding) => (
        <li
          key={`${finding.from}:${finding.message}`}
          data-tone={finding.severity === 'error' ? 'failed' : 'caught'}
        >
          <Icon name={finding.severity === 'error' ? 'cross' : 'bang'} size={13} />
          <span>{finding.message}</span>
          {finding.location && <span className="faint mono">{finding.location}</span>}
        </li>
      ))}
    </ul>
  );
}
