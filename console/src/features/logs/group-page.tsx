/** One log group: its streams, and its lines as they come. */
import type { ReactNode } from 'react';
import { LogTail } from '../../parts/logs/log-tail.tsx';
import { useAddress, usePathParam } from '../../parts/page/address.ts';
import { ResourcePage } from '../../parts/page/resource-page.tsx';
import { Streams } from './streams.tsx';
import './group.css';

export function GroupPage(): ReactNode {
  const group = usePathParam('group');
  const { stream } = useAddress();
  return (
    <ResourcePage
      title={group}
      under={[{ text: 'Logs', to: '/logs' }]}
      id={{ label: 'name', text: group }}
    >
      <div className="log-split">
        <Streams group={group} chosen={stream} />
        <LogTail group={group} {...(stream ? { stream } : {})} height="calc(100vh - 190px)" />
      </div>
    </ResourcePage>
  );
}
