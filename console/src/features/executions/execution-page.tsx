/** One execution: what it does now or why it failed, as graph, states, or events. */
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import type { Execution } from '../../api/types.ts';
import { readDefinition } from '../../model/definition.ts';
import { foldHistory, type HistoryView } from '../../model/history.ts';
import { machinePath } from '../../model/paths.ts';
import { StartDialog } from '../../parts/executions/start-dialog.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import {
  Copy,
  Empty,
  ErrorNotice,
  Notice,
  Panel,
  Skeleton,
  useNow,
} from '../../parts/ui/basics.tsx';
import { ExecutionStatusChip } from '../../parts/ui/status.tsx';
import { EventsView } from './events-view.tsx';
import { FailureLine } from './failure-line.tsx';
import { GraphView } from './graph-view.tsx';
import { InputOutput } from './input-output.tsx';
import { executionQuery, useHistory } from './queries.ts';
import { RedriveButton } from './redrive-button.tsx';
import { StatePanel } from './state-panel.tsx';
import { StatesView } from './states-view.tsx';
import { StopButton } from './stop-button.tsx';
import { Summary } from './summary.tsx';

export function ExecutionPage(): ReactNode {
  const arn = usePathParam('arn');
  const query = useQuery(executionQuery(arn));
  if (query.error && !query.data) {
    return (
      <Page title="Execution" under={[{ text: 'Executions', to: '/executions' }]}>
        <ErrorNotice error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page title="Execution" under={[{ text: 'Executions', to: '/executions' }]}>
        <Skeleton lines={10} height={18} />
      </Page>
    );
  }
  return <Loaded execution={query.data} />;
}

const VIEWS = [
  { id: 'graph', text: 'Graph' },
  { id: 'states', text: 'States' },
  { id: 'events', text: 'Events' },
  { id: 'io', text: 'Input and output' },
] as const;

const isRedrivable = ({ type, status, mapRunArn }: Execution): boolean =>
  type === 'STANDARD' && mapRunArn === undefined && /^(FAILED|TIMED_OUT|ABORTED)$/.test(status);

function Loaded({ execution }: { execution: Execution }): ReactNode {
  const isRunning = execution.status === 'RUNNING';
  const history = useHistory(execution.executionArn, isRunning);
  const view = useMemo(() => foldHistory(history.data ?? []), [history.data]);
  const [isStarting, setStarting] = useState(false);
  const now = useNow(isRunning ? 250 : null);
  const address = useAddress();
  const patch = usePatch();
  const mode = VIEWS.some((one) => one.id === address.view) ? address.view! : 'graph';
  return (
    <Page
      full
      title={execution.name}
      under={[
        { text: 'State machines', to: '/machines' },
        { text: execution.stateMachineName, to: machinePath(execution.stateMachineArn) },
      ]}
      beside={
        <>
          <Copy text={execution.executionArn} label="Copy ARN" />
          <ExecutionStatusChip status={execution.status} />
        </>
      }
      actions={
        <>
          {execution.traceId && (
            <Link
              className="button-link"
              to={`/traces/${execution.traceId}`}
              data-testid="trace-link"
            >
              View trace
            </Link>
          )}
          {isRunning && <StopButton arn={execution.executionArn} />}
          {isRedrivable(execution) && <RedriveButton arn={execution.executionArn} />}
          <Button variant="primary" onClick={() => setStarting(true)} data-testid="new-execution">
            New execution
          </Button>
        </>
      }
    >
      <Summary execution={execution} view={view} events={history.data?.length ?? 0} now={now} />
      <Story execution={execution} view={view} />
      {history.error && <ErrorNotice error={history.error} retry={() => history.refetch()} />}
      <SegmentedControl
        label="View"
        selectedId={mode}
        options={VIEWS.map((one) => ({ ...one }))}
        onChange={({ detail }) =>
          patch({ view: detail.selectedId === 'graph' ? '' : detail.selectedId })
        }
      />
      <Views mode={mode} execution={execution} view={view} events={history.data} now={now} />
      {isStarting && (
        <StartDialog
          machineArn={execution.stateMachineArn}
          machineName={execution.stateMachineName}
          input={execution.input}
          onClose={() => setStarting(false)}
        />
      )}
    </Page>
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

function Views(props: {
  mode: string;
  execution: Execution;
  view: HistoryView;
  events: Parameters<typeof EventsView>[0]['events'] | undefined;
  now: number;
}): ReactNode {
  const { mode, execution, view, events, now } = props;
  const address = useAddress();
  const patch = usePatch();
  const flow = useMemo(() => readDefinition(execution.definition), [execution.definition]);
  const selected = address.state;
  const select = (name: string | undefined): void => patch({ state: name ?? '', entry: '' });
  if (mode === 'io') return <InputOutput execution={execution} />;
  if (!events) {
    return (
      <Panel>
        <Skeleton lines={8} />
      </Panel>
    );
  }
  const panel = selected ? (
    <StatePanel
      name={selected}
      flow={flow}
      view={view}
      now={now}
      events={events}
      onClose={() => select(undefined)}
    />
  ) : null;
  return (
    <div className={panel ? 'split' : 'split alone'}>
      {mode === 'states' && (
        <StatesView view={view} now={now} selected={selected} onSelect={select} />
      )}
      {mode === 'events' && <EventsView events={events} view={view} onState={select} />}
      {mode === 'graph' &&
        (flow ? (
          <GraphView
            arn={execution.executionArn}
            flow={flow}
            view={view}
            now={now}
            selected={selected}
            onSelect={select}
          />
        ) : (
          <Panel>
            <Empty icon="machine" title="No definition to draw">
              <p>The definition that this execution ran is not kept any more. See its events.</p>
            </Empty>
          </Panel>
        ))}
      {panel}
    </div>
  );
}
