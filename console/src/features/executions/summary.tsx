/** The facts of an execution in one strip. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Execution } from '../../api/types.ts';
import { elapsed } from '../../model/execution.ts';
import { count, duration, lastPart, stamp } from '../../model/format.ts';
import type { HistoryView } from '../../model/history.ts';
import { Copy, Facts } from '../../parts/ui/basics.tsx';

/** The strip of facts under the title. */
export function Summary(props: {
  execution: Execution;
  view: HistoryView;
  events: number;
  now: number;
}): ReactNode {
  const { execution, view, events, now } = props;
  const version = execution.stateMachineAliasArn ?? execution.stateMachineVersionArn;
  return (
    <Facts
      items={[
        ['Duration', <b key="d">{duration(elapsed(execution, now))}</b>],
        ['Started', stamp(execution.startDate * 1000, true)],
        [
          'Ended',
          execution.stopDate === undefined ? undefined : stamp(execution.stopDate * 1000, true),
        ],
        ['Type', execution.type === 'EXPRESS' ? 'Express' : 'Standard'],
        ['Version', version && lastPart(version)],
        ['States entered', count(view.entries.length)],
        ['Retries', count(view.retries)],
        ['Events', count(events)],
        ['Redrives', execution.redriveCount > 0 ? count(execution.redriveCount) : undefined],
        [
          'Trace',
          execution.traceId && (
            <>
              <Link to={`/traces/${execution.traceId}`} className="mono">
                {execution.traceId}
              </Link>
              <Copy text={execution.traceId} label="Copy trace id" />
            </>
          ),
        ],
      ]}
    />
  );
}
