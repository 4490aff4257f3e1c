/**
 * The platform's own lines in a function's log, byte for byte as Lambda writes them (events end with
 * a line feed), and the error payloads that the platform answers where the runtime cannot.
 */
import { arnOf } from '../ground/arn.ts';
import { type JsonObject, printJson } from '../ground/json.ts';
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
const round = (value: number): number => Number(value.toFixed(3));
const billedMs = (durationMs: number): number => Math.max(1, Math.ceil(durationMs));

export interface InitReport {
  readonly durationMs: number;
  readonly phase: 'init' | 'invoke';
  readonly status: 'error' | 'timeout';
  readonly errorType?: string;
}

/** What the platform writes around the function's own lines; undefined: nothing in this format. */
export interface PlatformLog {
  initStart(runtime: string, region: string, at: Instant): string;
  start(requestId: string, version: string, at: Instant): string;
  end(requestId: string): string | undefined;
  report(report: Report, at: Instant): string;
  /** Written where an initialization failed or took too long. */
  initReport(report: InitReport, at: Instant): string;
}

/** `nodejs:20.x` and the ARN, as INIT_START shows them. */
const runtimeName = (runtime: string): string => runtime.replace(/^([a-z]+)(\d.*)$/, '$1:$2');
export const runtimeArn = (runtime: string, region: string): string =>
  arnOf({ region, account: '' }, 'lambda', `runtime:${runtime}`);

export const textLog: PlatformLog = {
  initStart: (runtime, region) =>
    `INIT_START Runtime Version: ${runtimeName(runtime)}\t` +
    `Runtime Version ARN: ${runtimeArn(runtime, region)}\n`,
  start: (requestId, version) => `START RequestId: ${requestId} Version: ${version}\n`,
  end: (requestId) => `END RequestId: ${requestId}\n`,
  report(report) {
    const fields = [
      `REPORT RequestId: ${report.requestId}`,
      `Duration: ${ms(report.durationMs)}`,
      `Billed Duration: ${billedMs(report.durationMs)} ms`,
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
  },
  initReport({ durationMs, phase, status, errorType }) {
    const type = errorType ? `\tError Type: ${errorType}` : '';
    return `INIT_REPORT Init Duration: ${ms(durationMs)}\tPhase: ${phase}\tStatus: ${status}${type}\n`;
  },
};

/** The same in the JSON log format: records as the Telemetry API has them. */
export const jsonLog: PlatformLog = {
  initStart: (runtime, region, at) =>
    record(at, 'initStart', {
      initializationType: 'on-demand',
      phase: 'init',
      runtimeVersion: runtimeName(runtime),
      runtimeVersionArn: runtimeArn(runtime, region),
    }),
  start: (requestId, version, at) => record(at, 'start', { requestId, version }),
  end: () => undefined,
  report: (report, at) =>
    record(at, 'report', {
      requestId: report.requestId,
      metrics: {
        durationMs: round(report.durationMs),
        billedDurationMs: billedMs(report.durationMs),
        memorySizeMB: report.memoryMb,
        maxMemoryUsedMB: report.maxMemoryMb,
        ...(report.initMs === undefined ? {} : { initDurationMs: round(report.initMs) }),
      },
      ...(report.traced ? { tracing: tracingOf(report.traced) } : {}),
      status: report.status,
      ...(report.errorType ? { errorType: report.errorType } : {}),
    }),
  initReport: ({ durationMs, phase, status, errorType }, at) =>
    record(at, 'initReport', {
      initializationType: 'on-demand',
      phase,
      status,
      ...(errorType ? { errorType } : {}),
      metrics: { durationMs: round(durationMs) },
    }),
};

function record(at: Instant, type: string, content: JsonObject): string {
  const time = new Date(at).toISOString();
  return `${printJson({ time, type: `platform.${type}`, record: content })}\n`;
}

function tracingOf({ traceId, segmentId }: NonNullable<Report['traced']>): JsonObject {
  const value = `Root=${traceId};Parent=${segmentId};Sampled=1`;
  return { spanId: segmentId, type: 'X-Amzn-Trace-Id', value };
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
