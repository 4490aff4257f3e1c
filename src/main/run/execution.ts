/** Who a local run is: names, ARNs and what `--context` or the `context` option says of them. */
import { executionArn, expressArn, iamArn, stateMachineArn } from '../../ground/arn.ts';
import { isObject, type Json, type JsonObject } from '../../ground/json.ts';
import { parseInstant } from '../../ground/time.ts';
import type { NewExecution } from '../../service/engine/engine.ts';
import type { MachineType } from '../definition-file.ts';
import { UsageError } from '../usage.ts';

export interface Subject {
  readonly type: MachineType;
  readonly machineName: string;
  readonly input: string;
  readonly testCase: string | undefined;
  /** Members of the context object that the definition is to see; others cannot be chosen. */
  readonly context: Json;
  uuid(): string;
}

export type LocalExecution = Omit<NewExecution, 'definitionHash' | 'startedAt'>;

const PLACE = { account: '000000000000', region: 'us-east-1' };
const SETTABLE: Readonly<Record<string, readonly string[]>> = {
  Execution: ['Id', 'Name', 'RoleArn', 'StartTime'],
  StateMachine: ['Id', 'Name'],
};

/** Throws UsageError where the context says what cannot be chosen. */
export function executionOf(subject: Subject): { execution: LocalExecution; startAt?: number } {
  const { type, input, testCase } = subject;
  const { Execution = {}, StateMachine = {} } = contextOf(subject.context);
  const machineName = StateMachine.Name ?? subject.machineName;
  const name = Execution.Name ?? subject.uuid();
  const arn =
    type === 'EXPRESS'
      ? expressArn(PLACE, machineName, name, subject.uuid())
      : executionArn(PLACE, machineName, name);
  const execution: LocalExecution = {
    ...PLACE,
    arn: Execution.Id ?? arn,
    name,
    machineArn: StateMachine.Id ?? stateMachineArn(PLACE, machineName),
    machineName,
    type,
    roleArn: Execution.RoleArn ?? iamArn(PLACE, 'role/local'),
    input,
    tracingEnabled: false,
    // Present, so that states are asked for; empty where only code answers.
    testCase: testCase ?? '',
  };
  const { StartTime: start } = Execution;
  if (start === undefined) return { execution };
  const startAt = parseInstant(start);
  if (startAt === undefined)
    throw new UsageError(`context.Execution.StartTime is no time: ${start}`);
  return { execution, startAt };
}

type Texts = Readonly<Record<string, string>>;

function contextOf(context: Json): { readonly Execution?: Texts; readonly StateMachine?: Texts } {
  for (const [group, members] of Object.entries(objectAt(context, 'context'))) {
    const known = Object.hasOwn(SETTABLE, group) ? SETTABLE[group]! : undefined;
    if (!known) throw cannotSet(group);
    for (const [name, value] of Object.entries(objectAt(members, `context.${group}`))) {
      if (!known.includes(name)) throw cannotSet(`${group}.${name}`);
      if (typeof value !== 'string')
        throw new UsageError(`context.${group}.${name} must be a text`);
    }
  }
  return context as { Execution?: Texts; StateMachine?: Texts };
}

function objectAt(value: Json, where: string): JsonObject {
  if (isObject(value)) return value;
  throw new UsageError(`${where} must be a JSON object`);
}

function cannotSet(what: string): UsageError {
  const all = Object.entries(SETTABLE).flatMap(([group, names]) =>
    names.map((name) => `${group}.${name}`),
  );
  return new UsageError(`context.${what} cannot be chosen; what can: ${all.join(', ')}`);
}
