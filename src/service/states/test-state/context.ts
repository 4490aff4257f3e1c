/** The context object that a request may bring along with a mock. */
import type { State } from '../../../asl/machine.ts';
import { isObject, type Json, type JsonObject, tryParseJson } from '../../../ground/json.ts';
import { validation } from '../faults.ts';

type FieldType = 'string' | 'number' | 'any';

const TEXT = 'string';
const SECTIONS: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  Execution: {
    Id: TEXT,
    Input: 'any',
    Name: TEXT,
    RoleArn: TEXT,
    StartTime: TEXT,
    RedriveCount: 'number',
    RedriveTime: TEXT,
  },
  State: { EnteredTime: TEXT, Name: TEXT, RetryCount: 'number' },
  StateMachine: { Id: TEXT, Name: TEXT },
  Task: { Token: TEXT },
};

/** Throws ValidationException. */
export function givenContext(text: string, state: State): Json {
  const context = tryParseJson(text);
  if (!isObject(context)) throw invalid('Context must be a JSON object');
  for (const [name, section] of Object.entries(context)) checkSection(name, section, state);
  return context;
}

function checkSection(name: string, section: Json, state: State): void {
  if (name === 'Map') throw invalid("'Map' field is not supported when mocking a Context object");
  const fields = Object.hasOwn(SECTIONS, name) ? SECTIONS[name]! : undefined;
  if (!fields) throw invalid(`Field '${name}' is not allowed`);
  if (name === 'Task' && !hasToken(state)) {
    throw invalid(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or " +
        "'.waitForTaskToken' service integration pattern",
    );
  }
  if (!isObject(section)) throw invalid(`${name} must be an object`);
  checkFields(name, section, fields);
}

function checkFields(
  name: string,
  section: JsonObject,
  fields: Readonly<Record<string, FieldType>>,
): void {
  for (const [field, value] of Object.entries(section)) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!type) throw invalid(`Field '${name}.${field}' is not allowed`);
    if (type !== 'any' && typeof value !== type) {
      throw invalid(`${name}.${field} must be a ${type}`);
    }
  }
}

const hasToken = (state: State): boolean =>
  state.type === 'Task' && state.resource.pattern !== 'requestResponse';

const invalid = (why: string) => validation(`Invalid Context object provided: ${why}`);
