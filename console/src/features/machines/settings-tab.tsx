/** What a state machine was given besides its definition. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { StateMachine } from '../../model/shapes.ts';
import { ErrorNotice, Facts, Panel } from '../../parts/ui/basics.tsx';
import { tagsQuery } from './queries.ts';

export function Settings({ machine }: { machine: StateMachine }): ReactNode {
  const { loggingConfiguration: logging } = machine;
  const group = logging?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn;
  const code = (text: string | undefined): ReactNode =>
    text && <span className="mono">{text}</span>;
  return (
    <div className="grid-2">
      <Panel title="Settings">
        <Facts
          stacked
          items={[
            ['Type', machine.type === 'EXPRESS' ? 'Express' : 'Standard'],
            ['Role', code(machine.roleArn)],
            ['Revision', code(machine.revisionId)],
            ['Description', machine.description],
            ['Tracing', machine.tracingConfiguration?.enabled ? 'On' : 'Off'],
            ['Log level', logging?.level ?? 'OFF'],
            ['Execution data in logs', logging?.includeExecutionData ? 'Yes' : 'No'],
            ['Log group', code(group)],
          ]}
        />
      </Panel>
      <Tags arn={machine.stateMachineArn} />
    </div>
  );
}

function Tags({ arn }: { arn: string }): ReactNode {
  const { data, error } = useQuery(tagsQuery(arn));
  return (
    <Panel title="Tags">
      {error ? (
        <ErrorNotice error={error} />
      ) : data && data.length > 0 ? (
        <Facts stacked items={data.map(({ key, value }) => [key ?? '', value || '–'] as const)} />
      ) : (
        <p className="dim">No tags.</p>
      )}
    </Panel>
  );
}
