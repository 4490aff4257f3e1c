/** What Lambda's own log lines say. */
export type LineKind = 'frame' | 'error' | 'plain';

export function kindOf(message: string): LineKind {
  if (/^(INIT_START|START|END|REPORT|XRAY) /.test(message)) return 'frame';
  if (
    /\bTask timed out after\b|\tERROR\t|^\[?ERROR\]?\b|Traceback|\bRuntime\.\w+Error\b/.test(
      message,
    )
  ) {
    return 'error';
  }
  return 'plain';
}

export interface Report {
  readonly durationMs?: number;
  readonly initMs?: number;
  readonly memoryUsedMb?: number;
}

/** The numbers of the last REPORT line in a log. */
export function readReport(log: string): Report {
  const line = log.split('\n').findLast((one) => one.startsWith('REPORT '));
  if (!line) return {};
  const value = (name: string): number | undefined => {
    const match = new RegExp(`\\t${name}: ([\\d.]+)`).exec(line);
    return match ? Number(match[1]) : undefined;
  };
  const durationMs = value('Duration');
  const initMs = value('Init Duration');
  const memoryUsedMb = value('Max Memory Used');
  return {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(initMs === undefined ? {} : { initMs }),
    ...(memoryUsedMb === undefined ? {} : { memoryUsedMb }),
  };
}
