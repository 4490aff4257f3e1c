/** One function: try it, read its logs, see its settings. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { nodeFilter } from '../../model/filter-text.ts';
import { bytes, stamp } from '../../model/format.ts';
import { logGroupPath } from '../../model/paths.ts';
import { LogTail } from '../../parts/logs/log-tail.tsx';
import { usePathParam } from '../../parts/page/address.ts';
import { usePlace } from '../../parts/page/place.ts';
import { ResourcePage, WhenRead } from '../../parts/page/resource-page.tsx';
import { InvokeTest } from './invoke-test.tsx';
import { parseModified } from './modified.ts';
import { type FunctionDetail, functionQuery, logGroupOf } from './queries.ts';
import { Settings } from './settings-tab.tsx';

const UNDER = [{ text: 'Functions', to: '/functions' }];

export function FunctionPage(): ReactNode {
  const name = usePathParam('name');
  const query = useQuery(functionQuery(usePlace(), name));
  return (
    <WhenRead query={query} title={name} under={UNDER}>
      {(detail) => <Loaded detail={detail} />}
    </WhenRead>
  );
}

function Loaded({ detail }: { detail: FunctionDetail }): ReactNode {
  const { Configuration: config } = detail;
  const { FunctionName: name, FunctionArn: arn } = config;
  const modified = parseModified(config.LastModified);
  const group = logGroupOf(config);
  const code = (text: string | undefined): ReactNode => <span className="mono">{text}</span>;
  return (
    <ResourcePage
      title={name}
      under={UNDER}
      id={{ label: 'ARN', text: arn }}
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
          <Link className="button-link" to={logGroupPath(group)}>
            All logs
          </Link>
        </>
      }
      facts={[
        ['State', config.State ?? 'Active'],
        ['Handler', code(config.Handler)],
        ['Memory', `${config.MemorySize ?? 128} MB`],
        ['Timeout', `${config.Timeout ?? 3} s`],
        ['Tracing', config.TracingConfig?.Mode ?? 'PassThrough'],
        ['Code', bytes(config.CodeSize)],
        ['Modified', modified && stamp(modified)],
        ['ARN', code(arn)],
      ]}
      tabs={[
        { id: 'test', label: 'Test', content: <InvokeTest name={name} /> },
        { id: 'logs', label: 'Logs', content: <LogTail group={group} height="60vh" /> },
        { id: 'settings', label: 'Settings', content: <Settings detail={detail} /> },
      ]}
    />
  );
}
