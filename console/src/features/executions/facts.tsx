/** The facts of an execution in one strip. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { elapsed } from '../../model/execution.ts';
import { count, duration, lastPart, stamp } from '../../model/format.ts';
import type { HistoryView } from '../../model/history.ts';
import { tracePath } from '../../model/paths.ts';
import type { Execution } from '../../model/shapes.ts';
import { Copy } from '../../parts/ui/basics.tsx';

export function factsOf(
  execution: Execution,
  view: HistoryView,
  events: number,
  now: number,
): [string, ReactNode][] {
  const { stopDate, redriveCount, traceId } = execution;
  const version = execution.stateMachineAliasArn ?? execution.stateMachineVersionArn;
  return [
    ['Duration', <b key="d">{duration(elapsed(execution, now))}</b>],
    ['Started', stamp(execution.startDate * 1000, true)],
    ['Ended', stopDate === undefined ? undefined : stamp(stopDate * 1000, true)],
    ['Type', execution.type === 'EXPRESS' ? 'Express' : 'Standard'],
    ['Version', version && lastPart(version)],
    ['States entered', count(view.entries.length)],
    ['Retries', count(view.retries)],
    ['Events', count(events)],
    ['Redrives', redriveCount > 0 ? count(redriveCount) : undefined],
    [
      'Trace',
      traceId && (
        <>
          <Link to={tracePath(traceId)} className="mono">
            {traceId}
          </Link>
          <Copy text={traceId} label="Copy trace id" />
        </>
      ),
    ],
  ];
}
