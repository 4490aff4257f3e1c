/**
 * Definition to Machine. Only for definitions that validation found no error in: what validation
 * guarantees is not checked again.
 */
import { invariant } from '../ground/invariant.ts';
import { type Json, type JsonObject, parseData } from '../ground/json.ts';
import { compileRule } from './compile-choice.ts';
import { compileDistributed } from './compile-distributed.ts';
import {
  dataFlow,
  dynamic,
  numberIn,
  objectField,
  present,
  recovery,
  resultFlow,
  type Source,
  template,
} from './compile-fields.ts';
import type {
  ChoiceState,
  FailState,
  Flow,
  Machine,
  MapState,
  ParallelState,
  PassState,
  State,
  StateType,
  SucceedState,
  TaskState,
  WaitState,
} from './machine.ts';
import { parsePath } from './path.ts';
import type { QueryLanguage } from './query-language.ts';
import { parseResource } from './resource.ts';

/** Compiles the JSON text of a valid state machine. */
export function compileMachine(definition: string): Machine {
  const work = compileGradually(definition);
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** The same with a pause after each state, for whoever has other things to do meanwhile. */
export function* compileGradually(definition: string): Compiling<Machine> {
  const json = parseData(definition) as JsonObject;
  const queryLanguage = (json.QueryLanguage as QueryLanguage | undefined) ?? 'JSONPath';
  return present({
    ...(yield* compileFlow(json, queryLanguage)),
    queryLanguage,
    timeoutSeconds: numberIn(json, 'TimeoutSeconds'),
  });
}

function* compileFlow(json: JsonObject, machineLanguage: QueryLanguage): Compiling<Flow> {
  const states = new Map<string, State>();
  for (const [name, state] of Object.entries(json.States as JsonObject)) {
    states.set(name, yield* compileState(name, state as JsonObject, machineLanguage));
    yield;
  }
  return { startAt: json.StartAt as string, states };
}

/** A state without a language of its own has the machine's, not that of a Map around it. */
function* compileState(
  name: string,
  json: JsonObject,
  machineLanguage: QueryLanguage,
): Compiling<State> {
  const queryLanguage = (json.QueryLanguage as QueryLanguage | undefined) ?? machineLanguage;
  const source: Source = { json, queryLanguage, prefix: '' };
  const type = json.Type as StateType;
  const common = present({
    name,
    queryLanguage,
    next: json.Next as string | undefined,
    end: json.End === true || type === 'Succeed' || type === 'Fail',
  });
  switch (type) {
    case 'Pass':
      return present<PassState>({ type, ...common, ...resultFlow(source), result: result(json) });
    case 'Task':
      return compileTask(source, common);
    case 'Choice':
      return compileChoice(source, common);
    case 'Wait':
      return compileWait(source, common);
    case 'Succeed':
      return present<SucceedState>({ type, ...common, ...dataFlow(source) });
    case 'Fail':
      return compileFail(source, common);
    case 'Parallel':
      return yield* compileParallel(source, common, machineLanguage);
    case 'Map':
      return yield* compileMap(source, common, machineLanguage);
  }
}

type Compiling<T> = Generator<undefined, T>;
type Common = Pick<State, 'name' | 'queryLanguage' | 'next' | 'end'>;

function result(json: JsonObject): { value: Json } | undefined {
  return json.Result === undefined ? undefined : { value: json.Result };
}

function compileTask(source: Source, common: Common): TaskState {
  const resource = parseResource(source.json.Resource as string);
  invariant(resource, `resource was validated: ${source.json.Resource}`);
  return present<TaskState>({
    type: 'Task',
    ...common,
    ...resultFlow(source),
    ...recovery(source),
    resource,
    timeoutSeconds: dynamic<number>(source, 'TimeoutSeconds'),
    heartbeatSeconds: dynamic<number>(source, 'HeartbeatSeconds'),
    credentials: template(source, 'Credentials'),
  });
}

function compileChoice(source: Source, common: Common): ChoiceState {
  const rules = source.json.Choices as JsonObject[];
  return present<ChoiceState>({
    type: 'Choice',
    ...common,
    ...dataFlow(source),
    choices: rules.map((rule, i) => compileRule(source, rule, i)),
    default: source.json.Default as string | undefined,
  });
}

function compileWait(source: Source, common: Common): WaitState {
  return present<WaitState>({
    type: 'Wait',
    ...common,
    ...dataFlow(source),
    seconds: dynamic<number>(source, 'Seconds'),
    timestamp: dynamic<string>(source, 'Timestamp'),
  });
}

function compileFail(source: Source, common: Common): FailState {
  return present<FailState>({
    type: 'Fail',
    ...common,
    error: dynamic<string>(source, 'Error'),
    cause: dynamic<string>(source, 'Cause'),
  });
}

function* compileParallel(
  source: Source,
  common: Common,
  machineLanguage: QueryLanguage,
): Compiling<ParallelState> {
  const branches: Flow[] = [];
  for (const branch of source.json.Branches as JsonObject[]) {
    branches.push(yield* compileFlow(branch, machineLanguage));
  }
  return present<ParallelState>({
    type: 'Parallel',
    ...common,
    ...resultFlow(source),
    ...recovery(source),
    branches,
  });
}

function* compileMap(
  source: Source,
  common: Common,
  machineLanguage: QueryLanguage,
): Compiling<MapState> {
  const { json } = source;
  const processor = (json.ItemProcessor ?? json.Iterator) as JsonObject;
  const config = objectField(processor, 'ProcessorConfig') ?? {};
  const mode = (config.Mode as MapState['mode'] | undefined) ?? 'INLINE';
  const { parameters: _, ...flow } = resultFlow(source);
  const selector = json.ItemSelector === undefined ? 'Parameters' : 'ItemSelector';
  return present<MapState>({
    type: 'Map',
    ...common,
    ...flow,
    ...recovery(source),
    mode,
    processor: yield* compileFlow(processor, machineLanguage),
    itemsPath: typeof json.ItemsPath === 'string' ? parsePath(json.ItemsPath) : undefined,
    items: template(source, 'Items'),
    itemSelector: template(source, selector),
    maxConcurrency: dynamic<number>(source, 'MaxConcurrency'),
    toleratedFailureCount: dynamic<number>(source, 'ToleratedFailureCount'),
    toleratedFailurePercentage: dynamic<number>(source, 'ToleratedFailurePercentage'),
    distributed: mode === 'DISTRIBUTED' ? compileDistributed(source, config) : undefined,
  });
}
