/** One function: try it, read its logs, see its settings. */
import Tabs from '@cloudscape-design/components/tabs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { nodeFilter } from '../../model/filter-text.ts';
import { bytes, stamp } from '../../model/format.ts';
import { LogTail } from '../../parts/logs/log-tail.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { Copy, ErrorNotice, Facts, Panel, Skeleton } from '../../parts/ui/basics.tsx';
import { InvokeTest } from './invoke-test.tsx';
import { parseModified } from './modified.ts';
import { type FunctionDetail, functionQuery } from './queries.ts';

const UNDER = [{ text: 'Functions', to: '/functions' }];

export function FunctionPage(): ReactNode {
  const name = usePathParam('name');
  const query = useQuery(functionQuery(name));
  if (!query.data) {
    return (
      <Page title={name} under={UNDER}>
        {query.error ? (
          <ErrorNotice error={query.error} retry={() => query.refetch()} />
        ) : (
          <Skeleton lines={10} height={18} />
        )}
      </Page>
    );
  }
  return <Loaded detail={query.data} />;
}

function Loaded({ detail }: { detail: FunctionDetail }): ReactNode {
  const { Configuration: config } = detail;
  const name = config.FunctionName;
  const address = useAddress();
  const patch = usePatch();
  const modified = parseModified(config.LastModified);
  const group = config.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  return (
    <Page
      title={name}
      under={UNDER}
      beside={config.Runtime && <span className="chip">{config.Runtime}</span>}
      actions={
        <>
          <Link
            className="button-link"
            to="/traces"
            search={{ filter: nodeFilter({ name, type: '' }, []) }}
          >
            View traces
          </Link>
          <Link className="button-link" to={`/logs/${encodeURIComponent(group)}`}>
            All logs
          </Link>
        </>
      }
    >
      <Facts
        items={[
          ['State', config.State ?? 'Active'],
          [
            'Handler',
            <span key="h" className="mono">
              {config.Handler}
            </span>,
          ],
          ['Memory', `${config.MemorySize ?? 128} MB`],
          ['Timeout', `${config.Timeout ?? 3} s`],
          ['Tracing', config.TracingConfig?.Mode ?? 'PassThrough'],
          ['Code', bytes(config.CodeSize)],
          ['Modified', modified && stamp(modified)],
          [
            'ARN',
            <span key="arn" className="row" style={{ gap: 2 }}>
              <span className="mono">{config.FunctionArn}</span>
              <Copy text={config.FunctionArn} label="Copy ARN" />
            </span>,
          ],
        ]}
      />
      <Tabs
        activeTabId={address.tab ?? 'test'}
        onChange={({ detail: { activeTabId } }) =>
          patch({ tab: activeTabId === 'test' ? '' : activeTabId })
        }
        tabs={[
          { id: 'test', label: 'Test', content: <InvokeTest name={name} /> },
          { id: 'logs', label: 'Logs', content: <LogTail group={group} height="60vh" /> },
          { id: 'settings', label: 'Settings', content: <Settings detail={detail} /> },
        ]}
      />
    </Page>
  );
}

function Settings({ detail }: { detail: FunctionDetail }): ReactNode {
  const { Configuration: config, Tags, Concurrency } = detail;
  const variables = Object.entries(config.Environment?.Variables ?? {});
  return (
    <div className="grid-2">
      <Panel title="Settings">
        <Facts
          stacked
          items={[
            ['Runtime', config.Runtime],
            ['Package', config.PackageType ?? 'Zip'],
            [
              'Role',
              <span key="r" className="mono">
                {config.Role}
              </span>,
            ],
            ['Description', config.Description],
            ['Reserved concurrency', Concurrency?.ReservedConcurrentExecutions ?? 'none'],
            ['Log group', config.LoggingConfig?.LogGroup ?? `/aws/lambda/${config.FunctionName}`],
            [
              'Code hash',
              <span key="s" className="mono">
                {config.CodeSha256}
              </span>,
            ],
            ['State', config.StateReason ?? config.State],
            ['Last update', config.LastUpdateStatus],
          ]}
        />
      </Panel>
      <Panel title="Environment">
        {variables.length === 0 ? (
          <p className="dim">No variables.</p>
        ) : (
          <Facts
            stacked
            items={variables.map(([key, value]) => [key, <code key={key}>{value}</code>] as const)}
          />
        )}
      </Panel>
      <Panel title="Tags">
        {Object.keys(Tags ?? {}).length === 0 ? (
          <p className="dim">No tags.</p>
        ) : (
          <Facts stacked items={Object.entries(Tags ?? {})} />
        )}
      </Panel>
    </div>
  );
}
