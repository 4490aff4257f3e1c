/** How clients are pointed at this server, for each kind of client. */
import { type ReactNode, useState } from 'react';
import { useEndpoint } from '../../api/server.ts';
import { CONNECTIONS } from '../../model/connect.ts';
import { Snippet } from '../../parts/ui/basics.tsx';
import { Segments } from '../../parts/ui/segments.tsx';

const OPTIONS = CONNECTIONS.map(({ id, title }) => ({ id, text: title }));

export function ConnectTabs(): ReactNode {
  const [id, setId] = useState(CONNECTIONS[0]!.id);
  const endpoint = useEndpoint();
  const chosen = CONNECTIONS.find((one) => one.id === id) ?? CONNECTIONS[0]!;
  return (
    <div className="stack">
      <Segments label="Client" value={id} options={OPTIONS} onChange={setId} />
      <Snippet text={chosen.text(endpoint)} />
    </div>
  );
}
