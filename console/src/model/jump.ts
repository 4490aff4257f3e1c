/** Where a pasted text leads: by the form of ARNs and ids first, then by names, then a search. */
export interface Known {
  readonly machines: readonly { readonly name: string; readonly arn: string }[];
  readonly functions: readonly string[];
}

export interface Target {
  readonly path: string;
  readonly search: Record<string, string>;
}

const TRACE_ID = /\b1-[0-9a-f]{8}-[0-9a-f]{24}\b/i;

export function jumpTarget(query: string, known: Known): Target {
  const to = (path: string, search: Record<string, string> = {}): Target => ({ path, search });
  const one = encodeURIComponent;
  const trace = TRACE_ID.exec(query);
  if (trace) return to(`/traces/${one(trace[0])}`);
  if (/^[0-9a-f]{32}$/i.test(query)) return to(`/traces/1-${query.slice(0, 8)}-${query.slice(8)}`);
  if (/^arn:[^:]+:states:[^:]*:[^:]*:(execution|express):/.test(query)) {
    return to(`/executions/${one(query)}`);
  }
  if (/^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(query))
    return to(`/machines/${one(query)}`);
  const lambda = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(query);
  if (lambda) return to(`/functions/${one(lambda[1]!)}`);
  const group =
    /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(query) ?? /^(\/.+)$/.exec(query);
  if (group) return to(`/logs/${one(group[1]!)}`);
  const same = (name: string): boolean => name.toLowerCase() === query.toLowerCase();
  const machine = known.machines.find(({ name }) => same(name));
  if (machine) return to(`/machines/${one(machine.arn)}`);
  const name = known.functions.find(same);
  if (name) return to(`/functions/${one(name)}`);
  return to('/executions', { name: query });
}
