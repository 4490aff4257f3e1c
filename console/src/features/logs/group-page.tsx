/** One log group: its streams, and its lines as they come. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ago } from '../../model/format.ts';
import { LogTail } from '../../parts/logs/log-tail.tsx';
import { useAddress, usePatch, usePathParam } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { Panel, Skeleton, useNow } from '../../parts/ui/basics.tsx';
import { logStreamsQuery } from './queries.ts';

export function GroupPage(): ReactNode {
  const group = usePathParam('group');
  const { stream } = useAddress();
  return (
    <Page full title={group} under={[{ text: 'Logs', to: '/logs' }]}>
      <div className="log-split">
        <Streams group={group} selected={stream} />
        <LogTail group={group} {...(stream ? { stream } : {})} height="calc(100vh - 190px)" />
      </div>
    </Page>
  );
}

function Streams({ group, selected }: { group: string; selected: string | undefined }): ReactNode {
  const query = useQuery(logStreamsQuery(group));
  const patch = usePatch();
  const now = useNow(10_000);
  return (
    <Panel flush className="fill" title="Streams">
      {query.isPending ? (
        <div style={{ padding: 14 }}>
          <Skeleton lines={5} />
        </div>
      ) : (
        <ul className="streams">
          <li>
            <button type="button" aria-pressed={!selected} onClick={() => patch({ stream: '' })}>
              All streams
            </button>
          </li>
          {query.data?.map((stream) => (
            <li key={stream.logStreamName}>
              <button
                type="button"
                aria-pressed={stream.logStreamName === selected}
                onClick={() => patch({ stream: stream.logStreamName })}
                title={stream.logStreamName}
              >
                <span className="cut">{stream.logStreamName}</span>
                <span className="faint">
                  {stream.lastEventTimestamp ? ago(stream.lastEventTimestamp, now) : 'empty'}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
