/**
 * What executions write to their log groups: one JSON line for each event of the configured level.
 * Rule: Step Functions developer guide, "Logging using CloudWatch Logs"; lines as recorded.
 */
import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import { isLogged, type LogLevel, logEvent } from '../../execution/log-event.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { LogEvent, LogSink } from '../ports/logs.ts';
import type { Projector } from '../ports/projector.ts';
import { logTarget } from './configuration.ts';

/** A payload beyond it is cut and marked. */
const PAYLOAD_LENGTH_MAX = 248_000;

/** Groups and streams that are missing are made or passed over by the sink. */
export function executionLogs(sink: LogSink): Projector {
  return {
    wants: (head) => head.logging !== undefined,
    project(head, records) {
      if (head.logging === undefined) return;
      const logging = JSON.parse(head.logging) as LoggingConfiguration;
      const target = logTarget(logging.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn);
      const lines = linesOf(head, records, logging);
      if (!target || lines.length === 0) return;
      sink.append(target, target.group, streamOf(head), lines);
    },
  };
}

function linesOf(
  head: ExecutionHead,
  records: readonly HistoryRecord[],
  { level = 'OFF', includeExecutionData = false }: LoggingConfiguration,
): LogEvent[] {
  return records
    .filter((record) => isLogged(record.type, level as LogLevel))
    .map((record) => ({
      at: record.at,
      message: JSON.stringify(
        logEvent(record, {
          includeExecutionData,
          truncate: PAYLOAD_LENGTH_MAX,
          executionArn: head.arn,
          redriveCount: head.redriveCount,
          mapRunArn: head.mapRunArn,
        }),
      ),
    }));
}

/** One stream for what starts in the same minute; the hash is the machine's revision. */
function streamOf(head: ExecutionHead): string {
  const minute = new Date(head.startedAt).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return `states/${head.machineName}/${minute}/${head.definitionHash.slice(0, 8)}`;
}
