import { describe, expect, it } from 'vitest';
import type { TraceFacts } from './facts.ts';
import { parseFilter } from './filter.ts';
import { expandGroups, matches } from './match.ts';

const FACTS: TraceFacts = {
  id: '1-6553f100-000000000000000000000001',
  startUs: 0,
  endUs: 3_500_000,
  root: {
    fault: true,
    responseUs: 2_600_000,
    http: {
      url: 'http://api.example.com/v2/x',
      method: 'GET',
      status: 500,
      agent: 'curl',
      ip: '1.2.3.4',
    },
  },
  services: [
    { name: 'api.example.com', type: 'AWS::EC2::Instance', account: '111122223333' },
    { name: 'data-plane', type: undefined, account: undefined },
    { name: 'table', type: 'AWS::DynamoDB::Table', account: undefined },
  ],
  segments: [
    { service: 0, fault: true, responseUs: 2_600_000, root: true },
    { service: 1, responseUs: 100_000, user: 'alice' },
    { service: 2, throttle: true, error: true, responseUs: 1_000, inferred: true },
  ],
  throttle: true,
  inferred: true,
  entry: 0,
  edges: [
    { to: 0, fault: true, responseUs: 2_600_000 },
    { from: 0, to: 1, responseUs: 150_000 },
    { from: 1, to: 2, throttle: true, error: true, responseUs: 2_000 },
  ],
  annotations: [
    { key: 'foo', value: 'bar', services: [0] },
    { key: 'age', value: 31, services: [0] },
    { key: 'vip', value: true, services: [0] },
    { key: 'gone', value: false, services: [0] },
    { key: 'aws:api_stage', value: 'prod', services: [0] },
  ],
  users: [
    { name: 'alice', services: [1] },
    { name: 'bob', services: [0] },
  ],
  arns: ['arn:aws:lambda:us-east-1:1:function:my-fn'],
  instances: ['i-1'],
  zones: ['us-east-1a'],
  faultCauses: [
    {
      clientImpacting: true,
      services: [
        { service: 0, path: [{ name: 'api.example.com' }, { name: 'call', remote: true }] },
        {
          service: 1,
          path: [{ name: 'deserialize', exceptions: [{ name: 'Boom', message: 'it went' }] }],
        },
      ],
    },
  ],
  errorCauses: [],
  responseCauses: [
    {
      clientImpacting: true,
      services: [
        {
          service: 0,
          path: [
            { name: 'api.example.com', coverage: 1 },
            { name: 'traces', remote: true, coverage: 0.8 },
          ],
        },
      ],
    },
  ],
};

function filterOf(text: string) {
  const reading = parseFilter(text);
  if (!reading.ok) throw new Error(`${reading.problem.message} at ${reading.problem.position}`);
  return reading.filter;
}

describe('filter expressions', () => {
  it.each([
    ['fault', true],
    ['FAULT', true],
    ['!fault', false],
    ['fault = false', false],
    ['ok != true', true],
    ['error', false],
    ['throttle', true],
    ['partial', false],
    ['inferred', true],
    ['responsetime > 2.5', true],
    ['responseTime > 2.5 and duration < 3', false],
    ['fault !partial duration <4', true],
    ['duration = 3.5', true],
    ['http.status = 500', true],
    ['http.status != 500', false],
    ['http.method = "GET" AND http.useragent BEGINSWITH "cu" AND http.clientip = "1.2.3.4"', true],
    ["http.url CONTAINS '/v2/'", true],
    [
      'http.url BEGINSWITH "http://api.example.com/" AND http.url CONTAINS "/v2/" AND !service("api.example.com")',
      false,
    ],
    ['user = "alice"', true],
    ['user != "alice"', true],
    ['!(user = "carol")', true],
    ['user', true],
    ['user CONTAINS ""', true],
    ['account.id = "111122223333"', true],
    ['availabilityzone = "us-east-1a"', true],
    ['instance.id = "i-2"', false],
    ['resource.arn ENDSWITH ":function:my-fn"', true],
    ['annotation.foo', true],
    ['annotation.foo = "bar"', true],
    ['annotation.foo = bar', true],
    ['annotation.foo = 5', false],
    ['annotation.foo != "bar"', false],
    ['annotation.age > 30', true],
    ['annotation.age = "31"', false],
    ['annotation.vip', true],
    ['annotation.gone', false],
    ['annotation.gone = false', true],
    ['annotation.nothing', false],
    ['annotation[aws:api_stage] = "prod"', true],
    ['annotation["aws:api_stage"] BEGINSWITH "pr"', true],
    ['service()', true],
    ['service("table") { throttle = true }', true],
    ['service("table") { fault }', false],
    ['service("data-plane") {root = true and fault = true}', false],
    ['service() { fault AND responsetime > 2.5 }', true],
    ['service() { throttle AND responsetime > 2.5 }', false],
    ['service(id(type: "AWS::EC2::Instance", account.id: "111122223333")) { fault }', true],
    ['service(id(name: "table", type: "other"))', false],
    ['service() { inferred AND name = "table" }', true],
    ['service() { user = "alice" }', true],
    ['edge("data-plane", "table") { throttle }', true],
    ['edge("data-plane", "") { throttle }', true],
    ['edge(, "api.example.com") { fault }', true],
    ['edge("table", "data-plane")', false],
    [
      'service("api.example.com") { fault = true OR responsetime > 9 } AND annotation.foo = "bar"',
      true,
    ],
    ['rootcause.fault.service { name = "data-plane" AND last }', true],
    ['rootcause.fault.entity { last and name = "deserialize" }', true],
    ['rootcause.fault.entity { index = 1 AND remote }', true],
    ['rootcause.fault.exception { message CONTAINS "went" }', true],
    ['rootcause.error.service', false],
    ['rootcause.responsetime.entity { remote and coverage > 0.7 and name = "traces" }', true],
    [
      'rootcause.json = #[{"Services":[{"Name":"api.example.com","EntityPath":[{},{"Name":"call"}]},{"Name":"data-plane"}]}]',
      true,
    ],
    ['rootcause.json = #[{"Services":[{"Name":"api.example.com"},{"Name":"other"}]}]', false],
    ['group.name = "unknown"', false],
    ['ok OR (fault AND (user = "bob" OR error))', true],
    ['ok OR error AND fault', false],
  ])('%s is %s', (text, expected) => {
    expect(matches(filterOf(text), FACTS)).toBe(expected);
  });

  it.each([
    ['', 'a keyword was expected', 0],
    ['fault AND', 'a keyword was expected', 6],
    ['(fault', '")" was expected', 1],
    ['nonsense', 'unknown keyword "nonsense"', 0],
    ['fault AND nonsense = 1', 'unknown keyword "nonsense"', 10],
    ['responsetime > "a"', 'a number was expected', 15],
    ['responsetime CONTAINS 5', '"CONTAINS" cannot be used with responsetime', 13],
    ['http.url > 5', '">" cannot be used with http.url', 9],
    ['service("a") { annotation.b = 1 }', 'annotation is not allowed here', 15],
    ['service("a") { service("b") }', 'unknown keyword "service"', 15],
    ['service("a" { fault }', '")" was expected', 12],
    ['user = "open', 'a string is not closed', 7],
    ['ok = maybe', 'true or false was expected', 5],
    ['fault ; error', 'unexpected ";"', 6],
    ['rootcause.json = #[{', 'unexpected "#"', 17],
    ['name = "x"', 'unknown keyword "name"', 0],
  ])('%j: %s', (text, message, position) => {
    const reading = parseFilter(text);
    expect(reading).toMatchObject({ ok: false, problem: { message } });
    if (!reading.ok) expect(Math.abs(reading.problem.position - position)).toBeLessThanOrEqual(3);
  });

  it('have bounds', () => {
    expect(parseFilter('('.repeat(500)).ok).toBe(false);
    expect(parseFilter('!'.repeat(1_500)).ok).toBe(false);
    expect(parseFilter(`user = "${'x'.repeat(3_000)}"`).ok).toBe(false);
  });

  it('never throw, whatever the text', () => {
    const alphabet = [
      'fault',
      '(',
      ')',
      '{',
      '}',
      '=',
      '"',
      "'",
      'service',
      ',',
      '#[',
      'annotation.',
      '!',
      '5',
      ' ',
    ];
    for (let n = 0; n < 20_000; n++) {
      let seed = n * 2_654_435_761;
      let text = '';
      for (let part = 0; part < 8; part++) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        text += alphabet[(seed >>> 16) % alphabet.length];
      }
      expect(() => parseFilter(text)).not.toThrow();
    }
  });

  it('replace groups by what they stand for', () => {
    const find = (_by: string, value: string) =>
      value === 'slow' ? filterOf('responsetime > 1') : undefined;
    expect(matches(expandGroups(filterOf('group.name = "slow" AND fault'), find), FACTS)).toBe(
      true,
    );
    expect(matches(expandGroups(filterOf('!(group.name = "slow")'), find), FACTS)).toBe(false);
    expect(matches(expandGroups(filterOf('group.arn = "other"'), find), FACTS)).toBe(false);
  });
});
