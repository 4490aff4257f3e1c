/** Input and output of the whole execution. */
import type { ReactNode } from 'react';
import type { Execution } from '../../model/shapes.ts';
import { JsonText } from '../../parts/json/json-view.tsx';
import { Empty, Panel } from '../../parts/ui/basics.tsx';
import { ErrorBlock } from './data-field.tsx';

export function InputOutput({ execution }: { execution: Execution }): ReactNode {
  return (
    <div className="grid-2">
      <Panel title="Input">
        <JsonText text={execution.input} maxHeight="70vh" />
      </Panel>
      <Panel title="Output">
        {execution.output !== undefined ? (
          <JsonText text={execution.output} maxHeight="70vh" />
        ) : execution.error !== undefined || execution.cause !== undefined ? (
          <ErrorBlock
            entry={{ error: execution.error!, cause: execution.cause!, status: 'failed' }}
          />
        ) : (
          <Empty
            icon="hourglass"
            title={execution.status === 'RUNNING' ? 'Not there yet' : 'No output'}
          />
        )}
      </Panel>
    </div>
  );
}
