import { expect, it } from 'vitest';
import type { FunctionVersion, InvokeRequest } from '../../service/ports/functions.ts';
import type { LogEvent } from '../../service/ports/logs.ts';
import { virtualTimeHost, virtualTimeLogs } from './virtual-time-host.ts';

it('moves what is told of a function to the time at which it was asked for', async () => {
  let ahead = 1_000;
  const timing = { init: { start: 1, end: 2 }, start: 3, end: 4, maxMemoryMb: 5 };
  const host = virtualTimeHost(
    {
      retire: () => undefined,
      invoke: async () => {
        ahead = 5_000;
        const payload = new Uint8Array([7]);
        return { outcome: { type: 'Returned', payload, timing }, logTail: 'tail' };
      },
    },
    () => ahead,
  );
  const result = await host.invoke({} as FunctionVersion, {} as InvokeRequest);
  expect(result).toEqual({
    outcome: {
      type: 'Returned',
      payload: new Uint8Array([7]),
      timing: { init: { start: 1_001, end: 1_002 }, start: 1_003, end: 1_004, maxMemoryMb: 5 },
    },
    logTail: 'tail',
  });
  const written: LogEvent[] = [];
  const sink = virtualTimeLogs(
    { append: (_place, _group, _stream, events) => written.push(...events) },
    () => ahead,
  );
  sink.append({ account: 'a', region: 'r' }, 'g', 's', [{ at: 10, message: 'm' }]);
  expect(written).toEqual([{ at: 5_010, message: 'm' }]);
});
