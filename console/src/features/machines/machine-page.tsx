/** One state machine: its executions, its definition as graph and text, its settings. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../../api/call.ts';
import { nodeFilter } from '../../model/filter-text.ts';
import { stamp } from '../../model/format.ts';
import { placeOfArn } from '../../model/place.ts';
import type { StateMachine } from '../../model/shapes.ts';
import { ExecutionsTable } from '../../parts/executions/executions-table.tsx';
import { StartDialog } from '../../parts/executions/start-dialog.tsx';
import { usePathParam } from '../../parts/page/address.ts';
import { ResourcePage, WhenRead } from '../../parts/page/resource-page.tsx';
import { Empty, Snippet } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';
import { ConfirmButton } from '../../parts/ui/confirm.tsx';
import { Definition } from './definition-tab.tsx';
import { machineQuery } from './queries.ts';
import { Settings } from './settings-tab.tsx';
import { UNDER_MACHINES } from './under.ts';

export function MachinePage(): ReactNode {
  const query = useQuery(machineQuery(usePathParam('arn')));
  return (
    <WhenRead query={query} title="State machine" under={UNDER_MACHINES}>
      {(machine) => <Machine machine={machine} />}
    </WhenRead>
  );
}

function Machine({ machine }: { machine: StateMachine }): ReactNode {
  const arn = machine.stateMachineArn;
  return (
    <ResourcePage
      title={machine.name}
      under={UNDER_MACHINES}
      id={{ label: 'ARN', text: arn }}
      beside={<span className="chip">{machine.type === 'EXPRESS' ? 'Express' : 'Standard'}</span>}
      actions={<Actions machine={machine} />}
      facts={[
        ['Status', machine.status === 'ACTIVE' ? 'Active' : machine.status],
        ['Created', stamp(machine.creationDate * 1000)],
        ['Tracing', machine.tracingConfiguration?.enabled ? 'On' : 'Off'],
        ['Logging', machine.loggingConfiguration?.level ?? 'OFF'],
        [
          'ARN',
          <span key="arn" className="mono">
            {arn}
          </span>,
        ],
      ]}
      tabs={[
        { id: 'executions', label: 'Executions', content: <Executions arn={arn} /> },
        { id: 'definition', label: 'Definition', content: <Definition machine={machine} /> },
        { id: 'settings', label: 'Settings and tags', content: <Settings machine={machine} /> },
      ]}
    />
  );
}

function Actions({ machine }: { machine: StateMachine }): ReactNode {
  const { stateMachineArn: arn, name } = machine;
  const [isStarting, setStarting] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      {machine.tracingConfiguration?.enabled && (
        <Link
          className="button-link"
          to="/traces"
          search={{ filter: nodeFilter({ name, type: '' }, []) }}
        >
          View traces
        </Link>
      )}
      <Delete arn={arn} name={name} />
      <Button onClick={() => navigate({ to: `/machines/${encodeURIComponent(arn)}/edit` })}>
        Edit
      </Button>
      <Button kind="primary" onClick={() => setStarting(true)} testId="new-execution">
        Start execution
      </Button>
      {isStarting && (
        <StartDialog machineArn={arn} machineName={name} onClose={() => setStarting(false)} />
      )}
    </>
  );
}

function Delete({ arn, name }: { arn: string; name: string }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = async (): Promise<void> => {
    await call(placeOfArn(arn), 'states', 'DeleteStateMachine', { stateMachineArn: arn });
    client.removeQueries({ queryKey: ['machine', arn] });
    await client.invalidateQueries({ queryKey: ['machines'] });
    await navigate({ to: '/machines' });
  };
  return (
    <ConfirmButton
      text="Delete"
      question={`Delete ${name}?`}
      detail="Running executions are stopped; the history of finished ones stays until retention."
      action={remove}
    />
  );
}

function Executions({ arn }: { arn: string }): ReactNode {
  const command =
    `aws stepfunctions start-execution \\\n  --endpoint-url ${location.origin} \\\n` +
    `  --state-machine-arn ${arn} \\\n  --input '{}'`;
  return (
    <ExecutionsTable
      place={placeOfArn(arn)}
      machine={arn}
      empty={
        <Empty icon="run" title="No executions yet">
          <p>Start one with the button above, or from anywhere that speaks AWS:</p>
          <Snippet text={command} />
        </Empty>
      }
    />
  );
}
