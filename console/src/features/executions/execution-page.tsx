/** One execution: what it does now or why it failed, as graph, states, or events. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { foldHistory, type HistoryView } from '../../model/history.ts';
import { machinePath, tracePath } from '../../model/paths.ts';
import type { Execution, HistoryEvent } from '../../model/shapes.ts';
import { StartDialog } from '../../parts/executions/start-dialog.tsx';
import { usePathParam } from '../../parts/page/address.ts';
import { ResourcePage, WhenRead } from '../../parts/page/resource-page.tsx';
import { ErrorNotice, Notice, useNow } from '../../parts/ui/basics.tsx';
import { Button } from '../../parts/ui/button.tsx';
import { ExecutionStatusChip } from '../../parts/ui/status.tsx';
import { factsOf } from './facts.tsx';
import { FailureLine } from './failure-line.tsx';
import { InputOutput } from './input-output.tsx';
import { executionQuery, useHistory } from './queries.ts';
import { RedriveButton } from './redrive-button.tsx';
import { StopButton } from './stop-button.tsx';
import { VIEWS, View } from './views.tsx';
import './execution.css';

/** So often does what runs look alive. */
const TICK_MS = 250;

export function ExecutionPage(): ReactNode {
  const query = useQuery(executionQuery(usePathParam('arn')));
  return (
    <WhenRead query={query} title="Execution" under={[{ text: 'Executions', to: '/executions' }]}>
      {(execution) => <Loaded execution={execution} />}
    </WhenRead>
  );
}

function Loaded({ execution }: { execution: Execution }): ReactNode {
  const isRunning = execution.status === 'RUNNING';
  const history = useHistory(execution.executionArn, isRunning);
  const view = useMemo(() => foldHistory(history.data ?? []), [history.data]);
  const now = useNow(isRunning ? TICK_MS : null);
  return (
    <ResourcePage
      title={execution.name}
      under={[
        { text: 'State machines', to: '/machines' },
        { text: execution.stateMachineName, to: machinePath(execution.stateMachineArn) },
      ]}
      id={{ label: 'ARN', text: execution.executionArn }}
      beside={<ExecutionStatusChip status={execution.status} />}
      actions={<Actions execution={execution} />}
      facts={factsOf(execution, view, history.data?.length ?? 0, now)}
      story={
        <>
          <Story execution={execution} view={view} />
          {history.error && <ErrorNotice error={history.error} retry={() => history.refetch()} />}
        </>
      }
      tabIn="view"
      tabs={tabsOf(execution, view, history.data, now)}
    />
  );
}

function tabsOf(
  execution: Execution,
  view: HistoryView,
  events: readonly HistoryEvent[] | undefined,
  now: number,
) {
  const views = VIEWS.map(({ id, label }) => ({
    id,
    label,
    content: <View mode={id} execution={execution} view={view} events={events} now={now} />,
  }));
  const io = { id: 'io', label: 'Input and output' };
  return [...views, { ...io, content: <InputOutput execution={execution} /> }];
}

const isRedrivable = ({ type, status, mapRunArn }: Execution): boolean =>
  type === 'STANDARD' && mapRunArn === undefined && /^(FAILED|TIMED_OUT|ABORTED)$/.test(status);

function Actions({ execution }: { execution: Execution }): ReactNode {
  const { executionArn: arn, traceId } = execution;
  const [isStarting, setStarting] = useState(false);
  return (
    <>
      {traceId && (
        <Link className="button-link" to={tracePath(traceId)} data-testid="trace-link">
          View trace
        </Link>
      )}
      {execution.status === 'RUNNING' && <StopButton arn={arn} />}
      {isRedrivable(execution) && <RedriveButton arn={arn} />}
      <Button kind="primary" onClick={() => setStarting(true)} testId="new-execution">
        New execution
      </Button>
      {isStarting && (
        <StartDialog
          machineArn={execution.stateMachineArn}
          machineName={execution.stateMachineName}
          input={execution.input}
          onClose={() => setStarting(false)}
        />
      )}
    </>
  );
}

/** The line that says why: of a failure, a stop, or a long wait. */
function Story({ execution, view }: { execution: Execution; view: HistoryView }): ReactNode {
  if (execution.status === 'FAILED' || execution.status === 'TIMED_OUT') {
    return <FailureLine execution={execution} view={view} />;
  }
  if (execution.status === 'ABORTED') {
    const why = [execution.error, execution.cause].filter(Boolean).join(': ');
    return (
      <Notice tone="aborted" icon="square">
        <b>Stopped.</b> {why || 'No reason was given.'}
      </Notice>
    );
  }
  return null;
}
