/** The context object: `$$` in JSONPath, `$states.context` in JSONata. Key order as recorded. */
import type { Json, JsonObject } from '../ground/json.ts';
import { printInstant } from '../ground/time.ts';
import type { ExecutionState, OpenState, Scope } from './state.ts';

/** An item of a Map; `key` where it iterates over an object. */
export interface MapItem {
  readonly index: number;
  readonly key: string | undefined;
  readonly value: Json;
  /** Where a distributed Map has it from; an inline one does not say (measured). */
  readonly source?: string | undefined;
}

/** The source of items that no ItemReader has read. */
export const STATE_DATA = 'STATE_DATA';

/** `item` is the one being prepared by a Map's ItemSelector; inside an iteration it is found. */
export function contextOf(
  state: ExecutionState,
  scope: Scope,
  open: OpenState,
  extra: { readonly token: string | undefined; readonly item: MapItem | undefined },
): JsonObject {
  const { facts } = state;
  const context: JsonObject = {
    Execution: executionOf(state),
    StateMachine: { Id: facts.machineArn, Name: facts.machineName },
    State: stateOf(open),
  };
  const item = extra.item ?? itemAround(scope);
  if (item) context.Map = { Item: printItem(item) };
  if (extra.token !== undefined) context.Task = { Token: extra.token };
  return context;
}

function executionOf(state: ExecutionState): JsonObject {
  const { facts } = state;
  const started = printInstant(facts.startedAt);
  const input = state.input.value;
  const execution: JsonObject =
    facts.type === 'STANDARD'
      ? {
          Id: facts.arn,
          Input: input,
          StartTime: started,
          Name: facts.name,
          RoleArn: facts.roleArn,
        }
      : {
          Id: facts.arn,
          Input: input,
          Name: facts.name,
          RoleArn: facts.roleArn,
          StartTime: started,
        };
  if (!facts.synchronous) execution.RedriveCount = state.redriveCount;
  if (state.redrivenAt !== undefined) execution.RedriveTime = printInstant(state.redrivenAt);
  return execution;
}

function stateOf(open: OpenState): JsonObject {
  const state: JsonObject = { Name: open.name, EnteredTime: printInstant(open.enteredAt) };
  if (open.type === 'Task' || open.type === 'Parallel' || open.type === 'Map') {
    state.RetryCount = open.retryCount;
  }
  return state;
}

/** The item of the innermost iteration that the scope is in. */
function itemAround(scope: Scope): MapItem | undefined {
  for (let inner = scope; inner.parent; inner = inner.parent) {
    const outer = inner.parent.current!;
    if (outer.type === 'Map') return itemAt(outer, inner.index);
  }
  return undefined;
}

export function itemAt(map: OpenState, index: number): MapItem {
  const { items, keys } = map.children!;
  return { index, key: keys?.[index], value: (items!.value as Json[])[index]! };
}

function printItem(item: MapItem): JsonObject {
  const printed: JsonObject = { Index: item.index };
  if (item.key !== undefined) printed.Key = item.key;
  printed.Value = item.value;
  if (item.source !== undefined) printed.Source = item.source;
  return printed;
}
