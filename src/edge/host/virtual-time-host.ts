/**
 * Functions under a virtual clock: their processes live in real time, and what is told of them is
 * moved to the time that everything else here has.
 */
import type {
  FunctionHost,
  InvokeOutcome,
  InvokeResult,
  InvokeTiming,
} from '../../service/ports/functions.ts';
import type { LogSink } from '../../service/ports/logs.ts';

/** @param aheadMs how far the virtual clock is ahead of the real one now */
export function virtualTimeHost(host: FunctionHost, aheadMs: () => number): FunctionHost {
  return {
    retire: (functionArn) => host.retire(functionArn),
    async invoke(version, request): Promise<InvokeResult> {
      const ms = aheadMs();
      const { outcome, logTail } = await host.invoke(version, request);
      const moved: InvokeOutcome = { ...outcome, timing: movedTiming(outcome.timing, ms) };
      return { outcome: moved, logTail };
    },
  };
}

export function virtualTimeLogs(sink: LogSink, aheadMs: () => number): LogSink {
  return {
    append(place, group, stream, events) {
      const ms = aheadMs();
      const moved = events.map(({ at, message }) => ({ at: at + ms, message }));
      sink.append(place, group, stream, moved);
    },
  };
}

function movedTiming({ init, start, end, ...rest }: InvokeTiming, ms: number): InvokeTiming {
  return {
    ...rest,
    start: start + ms,
    end: end + ms,
    ...(init && { init: { start: init.start + ms, end: init.end + ms } }),
  };
}
