/** Statuses always with icon, word and colour. */
import type { ReactNode } from 'react';
import type { StateStatus } from '../../model/history.ts';
import type { Health } from '../../model/service-map.ts';
import type { ExecutionStatus } from '../../model/shapes.ts';
import type { SpanStatus } from '../../model/trace.ts';
import { Icon, type IconName } from './icons.tsx';

/** Names of the colour tokens (`--sl-…`). */
export type Tone =
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'caught'
  | 'error'
  | 'throttle'
  | 'timed-out'
  | 'aborted'
  | 'waiting';

export interface Look {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

export const STATE_LOOKS: Readonly<Record<StateStatus, Look>> = {
  running: { label: 'Running', tone: 'running', icon: 'half' },
  waiting: { label: 'Waiting', tone: 'waiting', icon: 'hourglass' },
  retrying: { label: 'Waiting to retry', tone: 'caught', icon: 'retry' },
  succeeded: { label: 'Succeeded', tone: 'succeeded', icon: 'check' },
  caught: { label: 'Caught error', tone: 'caught', icon: 'skip' },
  failed: { label: 'Failed', tone: 'failed', icon: 'cross' },
  timedOut: { label: 'Timed out', tone: 'timed-out', icon: 'clock' },
  aborted: { label: 'Aborted', tone: 'aborted', icon: 'square' },
};

export const EXECUTION_LOOKS: Readonly<Record<ExecutionStatus, Look>> = {
  RUNNING: STATE_LOOKS.running,
  SUCCEEDED: STATE_LOOKS.succeeded,
  FAILED: STATE_LOOKS.failed,
  TIMED_OUT: STATE_LOOKS.timedOut,
  ABORTED: STATE_LOOKS.aborted,
  PENDING_REDRIVE: { label: 'Pending redrive', tone: 'waiting', icon: 'hourglass' },
};

export const SPAN_LOOKS: Readonly<Record<SpanStatus, Look>> = {
  ok: { label: 'OK', tone: 'succeeded', icon: 'check' },
  error: { label: 'Error (4xx)', tone: 'error', icon: 'bang' },
  fault: { label: 'Fault (5xx)', tone: 'failed', icon: 'cross' },
  throttle: { label: 'Throttled (429)', tone: 'throttle', icon: 'waves' },
  pending: { label: 'In progress', tone: 'running', icon: 'half' },
};

export const HEALTH_LOOKS: Readonly<Record<Health, { label: string; color: string }>> = {
  ok: { label: 'OK', color: 'var(--sl-ring-ok)' },
  error: { label: 'Error', color: 'var(--sl-ring-error)' },
  fault: { label: 'Fault', color: 'var(--sl-ring-fault)' },
  throttle: { label: 'Throttle', color: 'var(--sl-ring-throttle)' },
};

export function toneColor(tone: Tone): string {
  return `var(--sl-${tone})`;
}

export function Status({ look, bare }: { look: Look; bare?: boolean }): ReactNode {
  return (
    <span className={bare ? 'status bare' : 'status'} data-tone={look.tone} title={look.label}>
      <Icon name={look.icon} size={12} />
      <span className={bare ? 'sr-only' : ''}>{look.label}</span>
    </span>
  );
}

export function ExecutionStatusChip({ status }: { status: ExecutionStatus }): ReactNode {
  return <Status look={EXECUTION_LOOKS[status] ?? { ...STATE_LOOKS.aborted, label: status }} />;
}

/** The outcome of a trace as its summary flags it. */
export function traceStatus(summary: {
  HasFault?: boolean;
  HasError?: boolean;
  HasThrottle?: boolean;
  IsPartial?: boolean;
}): SpanStatus {
  if (summary.HasFault) return 'fault';
  if (summary.HasThrottle) return 'throttle';
  if (summary.HasError) return 'error';
  return summary.IsPartial ? 'pending' : 'ok';
}
