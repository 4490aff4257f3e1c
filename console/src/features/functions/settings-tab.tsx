/** How a function is set up: settings, environment, tags. */
import type { ReactNode } from 'react';
import { Facts, Panel } from '../../parts/ui/basics.tsx';
import { type FunctionDetail, logGroupOf } from './queries.ts';

export function Settings({ detail }: { detail: FunctionDetail }): ReactNode {
  const { Configuration: config, Tags, Concurrency } = detail;
  const code = (text: string | undefined): ReactNode => <span className="mono">{text}</span>;
  const variables = Object.entries(config.Environment?.Variables ?? {});
  return (
    <div className="grid-2">
      <Panel title="Settings">
        <Facts
          stacked
          items={[
            ['Runtime', config.Runtime],
            ['Package', config.PackageType ?? 'Zip'],
            ['Role', code(config.Role)],
            ['Description', config.Description],
            ['Reserved concurrency', Concurrency?.ReservedConcurrentExecutions ?? 'none'],
            ['Log group', logGroupOf(config)],
            ['Code hash', code(config.CodeSha256)],
            ['State', config.StateReason ?? config.State],
            ['Last update', config.LastUpdateStatus],
          ]}
        />
      </Panel>
      <Pairs
        title="Environment"
        none="No variables."
        pairs={variables.map(([key, value]) => [key, <code key={key}>{value}</code>])}
      />
      <Pairs title="Tags" none="No tags." pairs={Object.entries(Tags ?? {})} />
    </div>
  );
}

function Pairs(props: {
  title: string;
  none: string;
  pairs: readonly [string, ReactNode][];
}): ReactNode {
  const { title, none, pairs } = props;
  return (
    <Panel title={title}>
      {pairs.length === 0 ? <p className="dim">{none}</p> : <Facts stacked items={pairs} />}
    </Panel>
  );
}
