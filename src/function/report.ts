/**
 * The platform's own lines in a function's log, byte for byte as Lambda writes them (events end with
 * a line feed), and the error payloads that the platform answers where the runtime cannot.
 */
import { printJson } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';

export type ReportStatus = 'success' | 'error' | 'timeout';

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly maxMemoryMb: number;
  /** Present on a cold start. */
  readonly initMs?: number;
  readonly status: ReportStatus;
  /** A platform error's type, such as `Runtime.ExitError`. */
  readonly errorType?: string;
  /** Present where the invocation is traced; `segmentId` is the function segment's. */
  readonly traced?: { readonly traceId: string; readonly segmentId: string };
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;

export const initStartLine = (runtime: string): string =>
  `INIT_START Runtime Version: ${runtime}\n`;

export const startLine = (requestId: string, version: string): string =>
  `START RequestId: ${requestId} Version: ${version}\n`;

export const endLine = (requestId: string): string => `END RequestId: ${requestId}\n`;

export function reportLine(report: Report): string {
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${ms(report.durationMs)}`,
    `Billed Duration: ${Math.max(1, Math.ceil(report.durationMs))} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${report.maxMemoryMb} MB`,
  ];
  if (report.initMs !== undefined) fields.push(`Init Duration: ${ms(report.initMs)}`);
  if (report.status !== 'success') fields.push(`Status: ${report.status}`);
  if (report.errorType) fields.push(`Error Type: ${report.errorType}`);
  const line = `${fields.join('\t')}\t\n`;
  if (!report.traced) return line;
  const { traceId, segmentId } = report.traced;
  return `${line}XRAY TraceId: ${traceId}\tSegmentId: ${segmentId}\tSampled: true\t\n`;
}

/** Written where an initialization failed or took too long. */
export function initReportLine(
  durationMs: number,
  phase: 'init' | 'invoke',
  status: 'error' | 'timeout',
  errorType?: string,
): string {
  const type = errorType ? `\tError Type: ${errorType}` : '';
  return `INIT_REPORT Init Duration: ${ms(durationMs)}\tPhase: ${phase}\tStatus: ${status}${type}\n`;
}

export function timeoutLine(at: Instant, requestId: string, timeoutSeconds: number): string {
  return `${new Date(at).toISOString()} ${requestId} ${timeoutText(timeoutSeconds)}\n`;
}

/** The line that stands for a process that died under an invocation, or could not be started. */
export const exitLine = (requestId: string, errorType: string, text: string): string =>
  `RequestId: ${requestId} Error: ${text}\n${errorType}\n`;

const timeoutText = (seconds: number): string =>
  `Task timed out after ${seconds.toFixed(2)} seconds`;

/** `{"errorType","errorMessage"}` in the order in which the platform prints its own errors. */
export function platformError(errorType: string, requestId: string, text: string): string {
  return printJson({ errorType, errorMessage: `RequestId: ${requestId} Error: ${text}` });
}

export const timeoutError = (requestId: string, timeoutSeconds: number): string =>
  platformError('Sandbox.Timedout', requestId, timeoutText(timeoutSeconds));

export const responseTooLargeError = (bytesMax: number): string =>
  printJson({
    errorMessage: `Response payload size exceeded maximum allowed payload size (${bytesMax} bytes).`,
    errorType: 'Function.ResponseSizeTooLarge',
  });

/** Go's names of signals, which is how Lambda's Rapid prints them. */
const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGHUP: 'hangup',
  SIGTRAP: 'trace/breakpoint trap',
  SIGQUIT: 'quit',
};

/** What Lambda says of a process that ended without an answer. */
export function exitText(code: number | null, signal: string | null): string {
  if (signal) {
    return `Runtime exited with error: signal: ${SIGNAL_TEXTS[signal] ?? signal.toLowerCase()}`;
  }
  return code
    ? `Runtime exited with error: exit status ${code}`
    : 'Runtime exited without providing a reason';
}
