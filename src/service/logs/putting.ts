/** What PutLogEvents takes: a batch in order, within its limits, and neither too old nor too new. */
import type { InputLogEvent, RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import { byteLength } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import type { NewLogEvent } from '../../store/logs/store.ts';
import { invalidParameter } from './faults.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_SPAN_MS_MAX,
  EVENT_AGE_MS_MAX,
  EVENT_AHEAD_MS_MAX,
  EVENT_OVERHEAD_BYTES,
} from './limits.ts';

const DAY_MS = 86_400_000;

export interface Accepted {
  readonly events: readonly NewLogEvent[];
  readonly rejected: RejectedLogEventsInfo | undefined;
}

/** @param retentionDays of the group: what would be deleted at once is refused as expired */
export function acceptEvents(
  input: readonly InputLogEvent[],
  now: Instant,
  retentionDays: number | undefined,
): Accepted {
  const events = input.map(({ timestamp, message }) => ({ at: timestamp!, message: message! }));
  checkBatch(events);
  const oldest = now - EVENT_AGE_MS_MAX;
  const expired = retentionDays === undefined ? 0 : now - retentionDays * DAY_MS;
  const newest = now + EVENT_AHEAD_MS_MAX;
  const count = (test: (at: Instant) => boolean): number =>
    events.filter(({ at }) => test(at)).length;
  const tooOld = count((at) => at < oldest);
  const tooExpired = count((at) => at < expired);
  const tooNew = count((at) => at > newest);
  const from = Math.max(tooOld, tooExpired);
  const rejected: RejectedLogEventsInfo = {
    ...(tooNew > 0 ? { tooNewLogEventStartIndex: events.length - tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(tooExpired > 0 ? { expiredLogEventEndIndex: tooExpired } : {}),
  };
  return {
    events: events.slice(from, events.length - tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  };
}

function checkBatch(events: readonly NewLogEvent[]): void {
  let bytes = 0;
  for (const [i, event] of events.entries()) {
    bytes += byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (i > 0 && event.at < events[i - 1]!.at) {
      throw invalidParameter(
        'Log events in a single PutLogEvents request must be in chronological order.',
      );
    }
  }
  if (bytes > BATCH_BYTES_MAX) {
    throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  }
  const first = events[0]?.at ?? 0;
  const last = events.at(-1)?.at ?? 0;
  if (last - first > BATCH_SPAN_MS_MAX) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
}
