/** One state machine: its executions, its definition as graph and text, its settings. */
import Button from '@cloudscape-design/components/button';
import Tabs from '@cloudscape-design/components/tabs';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { call } from '../../api/call.ts';
import type { StateMachine } from '../../api/types.ts';
import { placesOf, readDefinition } from '../../model/definition.ts';
import { nodeFilter } from '../../model/filter-text.ts';
import { stamp } from '../../model/format.ts';
import { ExecutionsTable } from '../../parts/executions/executions-table.tsx';
import { StartDialog } from '../../parts/executions/start-dialog.tsx';
import { StateGraph } from '../../parts/graph/state-graph.tsx';
import { JsonText, JsonView } from '../../parts/json/json-view.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import {
  Copy,
  Empty,
  ErrorNotice,
  Facts,
  Panel,
  Skeleton,
  Snippet,
} from '../../parts/ui/basics.tsx';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';
import { machineQuery, tagsQuery } from './queries.ts';
import { UNDER_MACHINES } from './under.ts';

export function MachinePage(): ReactNode {
  const arn = usePathParam('arn');
  const query = useQuery(machineQuery(arn));
  if (query.error && !query.data) {
    return (
      <Page title="State machine" under={UNDER_MACHINES}>
        <ErrorNotice error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page title="State machine" under={UNDER_MACHINES}>
        <Skeleton lines={10} height={18} />
      </Page>
    );
  }
  return <Loaded machine={query.data} />;
}

function Loaded({ machine }: { machine: StateMachine }): ReactNode {
  const [isStarting, setStarting] = useState(false);
  const navigate = useNavigate();
  const address = useAddress();
  const patch = usePatch();
  const arn = machine.stateMachineArn;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('states', 'DeleteStateMachine', { stateMachineArn: arn }),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ['machine', arn] });
      await client.invalidateQueries({ queryKey: ['machines'] });
      await navigate({ to: '/machines' });
    },
  });
  const isTraced = machine.tracingConfiguration?.enabled === true;
  return (
    <Page
      title={machine.name}
      under={UNDER_MACHINES}
      beside={<span className="chip">{machine.type === 'EXPRESS' ? 'Express' : 'Standard'}</span>}
      actions={
        <>
          {isTraced && (
            <Link
              className="button-link"
              to="/traces"
              search={{ filter: nodeFilter({ name: machine.name, type: '' }, []) }}
            >
              View traces
            </Link>
          )}
          <ConfirmButton
            text="Delete"
            question={`Delete ${machine.name}?`}
            detail="Running executions are stopped; the history of finished ones stays until retention."
            pending={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate()}
          />
          <Button onClick={() => navigate({ to: `/machines/${encodeURIComponent(arn)}/edit` })}>
            Edit
          </Button>
          <Button variant="primary" onClick={() => setStarting(true)} data-testid="new-execution">
            Start execution
          </Button>
        </>
      }
    >
      <Facts
        items={[
          ['Status', machine.status === 'ACTIVE' ? 'Active' : machine.status],
          ['Created', stamp(machine.creationDate * 1000)],
          ['Tracing', isTraced ? 'On' : 'Off'],
          ['Logging', machine.loggingConfiguration?.level ?? 'OFF'],
          [
            'ARN',
            <span key="arn" className="row" style={{ gap: 2 }}>
              <span className="mono">{arn}</span>
              <Copy text={arn} label="Copy ARN" />
            </span>,
          ],
        ]}
      />
      <Tabs
        activeTabId={address.tab ?? 'executions'}
        onChange={({ detail }) =>
          patch({ tab: detail.activeTabId === 'executions' ? '' : detail.activeTabId })
        }
        tabs={[
          { id: 'executions', label: 'Executions', content: <Executions machine={machine} /> },
          { id: 'definition', label: 'Definition', content: <Definition machine={machine} /> },
          { id: 'settings', label: 'Settings and tags', content: <Settings machine={machine} /> },
        ]}
      />
      {isStarting && (
        <StartDialog
          machineArn={arn}
          machineName={machine.name}
          onClose={() => setStarting(false)}
        />
      )}
    </Page>
  );
}

function Executions({ machine }: { machine: StateMachine }): ReactNode {
  const command =
    `aws stepfunctions start-execution \\\n  --endpoint-url ${location.origin} \\\n` +
    `  --state-machine-arn ${machine.stateMachineArn} \\\n  --input '{}'`;
  return (
    <ExecutionsTable
      machine={machine.stateMachineArn}
      empty={
        <Empty icon="run" title="No executions yet">
          <p>Start one with the button above, or from anywhere that speaks AWS:</p>
          <Snippet text={command} />
        </Empty>
      }
    />
  );
}

function Definition({ machine }: { machine: StateMachine }): ReactNode {
  const flow = useMemo(() => readDefinition(machine.definition), [machine.definition]);
  const { state } = useAddress();
  const patch = usePatch();
  const node = state ? placesOf(flow).get(state)?.node : undefined;
  return (
    <div className="split" style={{ height: 'max(560px, calc(100vh - 280px))' }}>
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
      <aside className="panel side-panel">
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

function Settings({ machine }: { machine: StateMachine }): ReactNode {
  const tags = useQuery(tagsQuery(machine.stateMachineArn));
  const { loggingConfiguration: logging } = machine;
  const group = logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn;
  return (
    <div className="grid-2">
      <Panel title="Settings">
        <Facts
          stacked
          items={[
            ['Type', machine.type === 'EXPRESS' ? 'Express' : 'Standard'],
            [
              'Role',
              <span key="r" className="mono">
                {machine.roleArn}
              </span>,
            ],
            ['Revision', machine.revisionId && <span className="mono">{machine.revisionId}</span>],
            ['Description', machine.description],
            ['Tracing', machine.tracingConfiguration?.enabled ? 'On' : 'Off'],
            ['Log level', logging?.level ?? 'OFF'],
            ['Execution data in logs', logging?.includeExecutionData ? 'Yes' : 'No'],
            ['Log group', group && <span className="mono">{group}</span>],
          ]}
        />
      </Panel>
      <Panel title="Tags">
        {tags.error ? (
          <ErrorNotice error={tags.error} />
        ) : tags.data && tags.data.length > 0 ? (
          <Facts stacked items={tags.data.map((tag) => [tag.key, tag.value || '–'] as const)} />
        ) : (
          <p className="dim">No tags.</p>
        )}
      </Panel>
    </div>
  );
}
