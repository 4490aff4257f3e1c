import { expect, it, onTestFinished } from 'vitest';
import { Expressions } from './expressions.ts';
import { systemTools } from './system.ts';

const request = (source: string, variables = {}) => ({
  source,
  field: 'Output',
  states: { input: { a: [1, 2] } },
  variables,
});
const ENDLESS = '($f := function($x){$f($x)}; $f(1))';

it('ends what takes long on another thread, with the same answer, and stays responsive', async () => {
  const expressions = new Expressions();
  onTestFinished(() => expressions.stop());
  const sum = '$sum($map([1..15000], function($v){$v + $count($states.input.a) - 2 + $n}))';
  let drawn = 0;
  const tools = { ...systemTools, random: () => (drawn += 1) };
  let turns = 0;
  const ticker = setInterval(() => {
    turns += 1;
  }, 5);
  const results = await Promise.allSettled([
    expressions.evaluate(request(sum, { n: 0 }), systemTools),
    expressions.evaluate(request(ENDLESS), systemTools),
    expressions.evaluate(request('$states.input.a[1]'), systemTools),
    expressions.evaluate(request('$error("no")'), systemTools),
    expressions.evaluate(request('$count($map([1..15000], function($v){$random()}))'), tools),
  ]);
  clearInterval(ticker);
  expect(results[0]).toEqual({ status: 'fulfilled', value: 112_507_500 });
  expect(results[1]).toMatchObject({
    reason: {
      error: 'States.QueryEvaluationError',
      location: 'Output',
      message: expect.stringContaining('U1001: Expression evaluation timeout'),
    },
  });
  expect(results[2]).toEqual({ status: 'fulfilled', value: 2 });
  expect(results[3]).toMatchObject({ reason: { message: expect.stringContaining('no') } });
  expect(results[4]).toEqual({ status: 'fulfilled', value: 15_000 });
  // Of the 15,000, those that this thread had steps for; the others drew their own chance.
  expect(drawn).toBeGreaterThan(500);
  expect(drawn).toBeLessThan(5_000);
  expect(turns).toBeGreaterThan(10);
});

it('evaluates what is short here, however many ask at once, and leaves others their turn', async () => {
  const expressions = new Expressions();
  onTestFinished(() => expressions.stop());
  // The thread draws its own chance, so that its answers are another number.
  const tools = { ...systemTools, random: () => 0.5 };
  let here = 0;
  const asking = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) {
      const value = await expressions.evaluate(request('$states.input.a[0] - $random()'), tools);
      if (value === 0.5) here++;
    }
  };
  let turns = 0;
  const ticker = setInterval(() => {
    turns++;
  }, 1);
  await Promise.all(Array.from({ length: 1_000 }, asking));
  clearInterval(ticker);
  expect(here).toBe(20_000);
  expect(turns).toBeGreaterThan(5);
});

it('does not try here again what has not ended here several times', async () => {
  const expressions = new Expressions();
  onTestFinished(() => expressions.stop());
  let tried = 0;
  const random = () => {
    tried++;
    return 0.5;
  };
  const source =
    '[$random(), $sum($map([1..30000], function($v){$v + $count($states.input.a) - 2}))][1]';
  const evaluate = () => expressions.evaluate(request(source), { ...systemTools, random });
  for (let i = 0; i < 6; i++) expect(await evaluate()).toBe(450_015_000);
  expect(tried).toBe(3);
});
