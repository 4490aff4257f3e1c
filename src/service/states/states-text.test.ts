import { expect, test } from 'vitest';
import { executionArnOf, machineName, taggableArn, unlabelled } from './arns.ts';
import { jsonProblem } from './json-text.ts';
import { checkName, checkRoleArn } from './names.ts';

test('says what is wrong with a JSON text as the parser of AWS does', () => {
  expect(jsonProblem('null')).toBeUndefined();
  expect(jsonProblem(' {"a":[1,2e3,"\\u00e9"]} ')).toBeUndefined();
  const expected =
    "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  expect(jsonProblem('not some json')).toBe(`Unrecognized token 'not': ${expected}`);
  expect(jsonProblem("{'a':1}")).toBe(
    "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
  );
  expect(jsonProblem('{"a" 1}')).toBe(
    "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
  );
  expect(jsonProblem('[1 2]')).toBe(
    "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
  );
  expect(jsonProblem('{"a":1')).toContain('Unexpected end-of-input');
  expect(jsonProblem(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toContain('nesting depth');
  expect(jsonProblem(JSON.stringify(Array(5000).fill([])))).toBeUndefined();
});

const base = 'arn:aws:states:us-east-1:000000000000';

test('reads state machine ARNs with version, alias and label', () => {
  expect(machineName(`${base}:stateMachine:m:3`)).toMatchObject({
    machineArn: `${base}:stateMachine:m`,
    qualifier: '3',
  });
  expect(machineName(`${base}:stateMachine:m/l`)).toMatchObject({
    machineArn: `${base}:stateMachine:m`,
    label: 'l',
  });
  expect(() => unlabelled(`${base}:stateMachine:m/l`)).toThrow(
    expect.objectContaining({ code: 'ValidationException' }),
  );
});

test('refuses other ARNs in the words of AWS', () => {
  expect(() => machineName('invalid')).toThrow("Invalid Arn: 'Invalid ARN prefix: invalid'");
  expect(() => executionArnOf(`${base}:express:m:e:u`)).toThrow(
    "Invalid Arn: 'Resource type not valid in this context: express'",
  );
  expect(() => machineName(`${base}:activity:a`)).toThrow(
    "Invalid Arn: 'Resource type not valid in this context: activity'",
  );
  expect(taggableArn(`${base}:stateMachine:m:1`).known).toBe(false);
});

test('checks names', () => {
  for (const name of ['a.b-c_d@+=()!é', "it's"]) expect(checkName(name)).toBe(name);
  for (const name of ['a b', 'a/b', 'a:b', 'a\u0000', 'a\x7f', '\ud800', 'a"b', 'x\u{10ffff}']) {
    expect(() => checkName(name)).toThrow(`Invalid Name: '${name}'`);
  }
  expect(() => checkRoleArn('role')).toThrow("Invalid Role Arn: 'role'");
});
