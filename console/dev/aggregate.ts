/** Service graph and summaries of the fixtures, as simple as the mock needs them. */
import { groupBy } from '../../src/ground/group.ts';
import type { Run } from './fixtures.ts';

type Json = Record<string, unknown>;

function statistics(segments: readonly Json[]): Json {
  const done = segments.filter((one) => one.end_time !== undefined);
  const fault = done.filter((one) => one.fault).length;
  const throttle = done.filter((one) => !one.fault && one.throttle).length;
  const error = done.filter((one) => !one.fault && !one.throttle && one.error).length;
  const seconds = (one: Json): number => Number(one.end_time) - Number(one.start_time);
  return {
    SummaryStatistics: {
      OkCount: done.length - fault - throttle - error,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: done.length,
      TotalResponseTime: done.reduce((sum, one) => sum + seconds(one), 0),
    },
    ResponseTimeHistogram: done.map((one) => ({
      Value: Number(seconds(one).toFixed(3)),
      Count: 1,
    })),
  };
}

export function graphOf(segments: readonly Json[]): Json[] {
  const keyOf = (one: Json): string => `${one.name} ${one.origin}`;
  const groups = groupBy(segments, keyOf);
  const keys = [...groups.keys()];
  const calls = new Map<string, Json>();
  for (const segment of segments) {
    calls.set(String(segment.id), segment);
    for (const step of (segment.subsegments ?? []) as Json[]) {
      for (const call of (step.subsegments ?? []) as Json[]) calls.set(String(call.id), segment);
    }
  }
  const nodes = keys.map((key, index): Json => {
    const own = groups.get(key)!;
    const targets = segments.filter((one) => {
      const caller = calls.get(String(one.parent_id ?? ''));
      return caller !== undefined && keyOf(caller) === key;
    });
    return {
      ReferenceId: index + 1,
      Name: own[0]!.name,
      Type: own[0]!.origin,
      State: 'active',
      StartTime: Math.min(...own.map((one) => Number(one.start_time))),
      EndTime: Math.max(...own.map((one) => Number(one.end_time ?? one.start_time))),
      ...statistics(own),
      Edges: [...groupBy(targets, keyOf)].map(([target, called]) => ({
        ReferenceId: keys.indexOf(target) + 1,
        ...statistics(called),
      })),
    };
  });
  const root = nodes.find((node) => node.Type === 'AWS::StepFunctions::StateMachine');
  if (!root) return nodes;
  const client = { ReferenceId: 0, Name: root.Name, Type: 'client', State: 'unknown' };
  const edge = {
    ...statistics(groups.get(`${root.Name} ${root.Type}`)!),
    ReferenceId: root.ReferenceId,
  };
  return [{ ...client, Edges: [edge] }, ...nodes];
}

export function summaryOf(run: Run): Json {
  const [root] = run.segments as [Json];
  const ends = run.segments.map((one) => Number(one.end_time ?? Date.now() / 1000));
  const isOpen = root.end_time === undefined;
  const length = Math.max(...ends) - Number(root.start_time);
  return {
    Id: run.execution.traceId,
    StartTime: root.start_time,
    Duration: length,
    ...(isOpen ? { IsPartial: true } : { ResponseTime: length }),
    HasFault: root.fault === true,
    HasThrottle: JSON.stringify(run.segments).includes('"throttle":true'),
    Http: {},
    Annotations: { order: [] },
    EntryPoint: { Name: root.name, Type: root.origin },
    ...(root.fault
      ? {
          FaultRootCauses: [
            {
              Services: [
                {
                  Name: root.name,
                  EntityPath: [
                    {
                      Name: root.name,
                      Exceptions: [{ Name: 'Error', Message: 'Something went wrong!' }],
                    },
                  ],
                },
              ],
            },
          ],
        }
      : {}),
  };
}
