/** The attempts of one entry of a state. */
import type { ReactNode } from 'react';
import { clock, duration } from '../../model/format.ts';
import type { Attempt, StateEntry } from '../../model/history.ts';
import { Facts } from '../../parts/ui/basics.tsx';
import { type Look, STATE_LOOKS, Status } from '../../parts/ui/status.tsx';
import { ErrorBlock, Field } from './data-field.tsx';

const LOOKS: Readonly<Record<Attempt['status'], Look>> = {
  running: STATE_LOOKS.running,
  submitted: { ...STATE_LOOKS.waiting, label: 'Submitted' },
  succeeded: STATE_LOOKS.succeeded,
  failed: STATE_LOOKS.failed,
  timedOut: STATE_LOOKS.timedOut,
  aborted: STATE_LOOKS.aborted,
};

/** Every attempt of one entry, the last one open. */
export function Attempts({ entry, now }: { entry: StateEntry; now: number }): ReactNode {
  return (
    <div className="attempts">
      {entry.attempts.map((attempt, index) => (
        <details
          className="attempt"
          key={attempt.number}
          open={index === entry.attempts.length - 1}
        >
          <summary>
            <b>Attempt {attempt.number}</b>
            <Status look={LOOKS[attempt.status]} />
            <span className="dim num" style={{ marginLeft: 'auto' }}>
              {duration((attempt.endedAt ?? now) - attempt.scheduledAt)}
            </span>
          </summary>
          <div>
            <Facts
              items={[
                ['Scheduled', clock(attempt.scheduledAt, now, true)],
                ['Queued', attempt.startedAt && duration(attempt.startedAt - attempt.scheduledAt)],
                ['Backed off before', backOff(entry, index)],
                ['Resource', attempt.resource && <span className="mono">{attempt.resource}</span>],
              ]}
            />
            {attempt.error !== undefined && <ErrorBlock entry={{ ...attempt, status: 'failed' }} />}
            <Field label="Sent" text={attempt.parameters} />
            <Field label="Received" text={attempt.output} />
          </div>
        </details>
      ))}
    </div>
  );
}

function backOff(entry: StateEntry, index: number): string | undefined {
  const before = entry.attempts[index - 1]?.endedAt;
  return before === undefined ? undefined : duration(entry.attempts[index]!.scheduledAt - before);
}
