import { expect, test } from 'vitest';
import { batchesOf } from './batches.ts';

const NONE = { itemsMax: undefined, bytesMax: undefined };

test('batches by number of items; the last may be smaller', () => {
  const batches = batchesOf(['1', '2', '3'], { ...NONE, itemsMax: 2 }, undefined);
  expect(batches).toEqual(['{"Items":[1,2]}', '{"Items":[3]}']);
  expect(batchesOf([], { ...NONE, itemsMax: 2 }, undefined)).toEqual([]);
});

test('batches by the bytes of the whole input, never empty', () => {
  const items = ['"ä"', '"bb"', '"c"', `"${'d'.repeat(99)}"`, '"e"'];
  const bytesMax = '{"Items":["ä","bb"]}'.length + 1;
  const batches = batchesOf(items, { ...NONE, bytesMax }, undefined);
  expect(batches.map((text) => JSON.parse(text).Items.length)).toEqual([2, 1, 1, 1]);
  expect(batchesOf(['1', '2'], { ...NONE, bytesMax: 1 }, '{"k":1}')).toEqual([
    '{"BatchInput":{"k":1},"Items":[1]}',
    '{"BatchInput":{"k":1},"Items":[2]}',
  ]);
});
