import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileGradually } from '../asl/compile.ts';
import { productCatalog } from '../main/catalog.ts';
import { SERVICES } from '../main/services.ts';
import { calledOperations, knownServices } from '../service/integrations/operations.ts';
import { answerAbout, DefinitionThreads } from './definitions.ts';

const catalog = productCatalog();
const services = knownServices(catalog, calledOperations(catalog));
const definitions = new DefinitionThreads(SERVICES, services);
beforeAll(() => definitions.start());
afterAll(() => definitions.stop());

/** A chain of many states. */
function chain(count: number, state: (n: number) => object): string {
  const names = Array.from({ length: count }, (_, n) => `S${n}`);
  const states = names.map((name, n) => {
    const next = n + 1 < count ? { Next: names[n + 1] } : { End: true };
    return [name, { Type: 'Pass', ...state(n), ...next }];
  });
  return JSON.stringify({ StartAt: 'S0', States: Object.fromEntries(states) });
}

/** Says something of a service here, which only its model knows to be wrong. */
const CALL = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sfn:noSuchAction' };
const LARGE = chain(8_000, (n) =>
  n === 0 ? CALL : { Parameters: { 'a.$': `$v${n}.x` }, Foo: n % 2 ? 1 : undefined },
);
const EXPRESSIONS = chain(4_000, (n) => ({
  QueryLanguage: 'JSONata',
  Output: `{% $states.input.a + ${n} + $v${n} %}`,
}));

/** How often others had their turn meanwhile. */
async function turnsDuring<T>(doing: () => Promise<T>): Promise<{ value: T; turns: number }> {
  let turns = 0;
  const ticker = setInterval(() => {
    turns++;
  }, 1);
  const value = await doing();
  clearInterval(ticker);
  return { value, turns };
}

describe('a definition of a megabyte', () => {
  it.each([
    ['paths', LARGE],
    ['expressions', EXPRESSIONS],
  ])('with %s is looked through elsewhere, with the same result', async (_, definition) => {
    const expected = answerAbout({ definition, type: 'STANDARD' }, services);
    const validated = await turnsDuring(() => definitions.validate(definition, 'STANDARD'));
    expect(validated.value).toEqual(expected);
    expect(expected).toHaveLength(definition === LARGE ? 4_001 : 0);
    const referred = await turnsDuring(() => definitions.variableReferences(definition));
    expect(referred.value).toEqual(answerAbout({ definition }, services));
    expect(Object.keys(referred.value!).length).toBeGreaterThan(1_000);
    expect(validated.turns).toBeGreaterThan(5);
  });

  it('is compiled with pauses', () => {
    const work = compileGradually(EXPRESSIONS);
    let pauses = 0;
    while (!work.next().done) pauses++;
    expect(pauses).toBe(4_000);
  });
});

it('a small one is answered, too', async () => {
  const definition = chain(1, () => ({ InputPath: '$v' }));
  expect(await definitions.validate(definition, 'STANDARD')).toEqual([]);
  expect(await definitions.variableReferences(definition)).toEqual({ S0: ['v'] });
});
