/** What a trace's summary says: when it started, and its root cause in one line. */

import { readCause } from './failure.ts';
import type { RootCause, TraceSummary } from './shapes.ts';

/** `sentiment-table: DynamoDB.Throughput…: the message`, or undefined where nothing went wrong. */
export function rootCauseText(summary: TraceSummary): string | undefined {
  const cause = summary.FaultRootCauses?.[0] ?? summary.ErrorRootCauses?.[0];
  return cause && describeCause(cause);
}

function describeCause(cause: RootCause): string | undefined {
  const services = cause.Services ?? [];
  for (const service of services.toReversed()) {
    for (const entity of (service.EntityPath ?? []).toReversed()) {
      const exception = entity.Exceptions?.[0];
      if (!exception) continue;
      const { error, message } = readCause(exception.Name, exception.Message);
      return `${service.Name ?? '?'}: ${error}${message && `: ${message}`}`;
    }
  }
  return services.at(-1)?.Name;
}

/** Milliseconds; from the id where the summary has no start. */
export function startOf(row: TraceSummary): number {
  if (row.StartTime !== undefined) return row.StartTime * 1000;
  return Number.parseInt(row.Id.slice(2, 10), 16) * 1000;
}
