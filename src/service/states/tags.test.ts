import { beforeEach, expect, it } from 'vitest';
import { context, definition, ROLE, statesWorld } from './testing.ts';

let sfn: Awaited<ReturnType<typeof statesWorld>>['handlers'];

beforeEach(async () => {
  sfn = (await statesWorld()).handlers;
});

const PASS = definition({ P: { Type: 'Pass', End: true } });

async function create(tags: object[]): Promise<string> {
  const input = { name: 'm', definition: PASS, roleArn: ROLE, tags };
  return (await sfn.CreateStateMachine(input, context)).stateMachineArn!;
}

const tagsOf = async (resourceArn: string) =>
  (await sfn.ListTagsForResource({ resourceArn }, context)).tags;

it('keeps each key once, with its last value', async () => {
  const arn = await create([
    { key: 'a', value: '1' },
    { key: 'b', value: '' },
    { key: 'a', value: '2' },
  ]);
  expect(await tagsOf(arn)).toEqual([
    { key: 'a', value: '2' },
    { key: 'b', value: '' },
  ]);
});

it.each([
  [{ value: 'x' }, "Value null at 'tags.2.member.key'"],
  [{ key: 'aws:x', value: 'x' }, 'aws: prefixed tag key names are not allowed'],
  [{ key: 'a#', value: 'x' }, 'Tags may only contain Unicode letters'],
  [{ key: 'a', value: '<' }, 'Tags may only contain Unicode letters'],
])('refuses %j wherever tags are given', async (tag, message) => {
  const tags = [{ key: 'Über_.:/=+-@ 1', value: 'ok' }, tag];
  const refusal = expect.objectContaining({
    code: 'ValidationException',
    message: expect.stringContaining(message),
  });
  await expect(create(tags)).rejects.toEqual(refusal);
  await expect(sfn.CreateActivity({ name: 'a', tags: tags as [] }, context)).rejects.toEqual(
    refusal,
  );
  const resourceArn = await create([]);
  const tagging = sfn.TagResource({ resourceArn, tags: tags as [] }, context);
  await expect(tagging).rejects.toEqual(refusal);
  expect(await tagsOf(resourceArn)).toEqual([]);
});

it('counts the keys that there would be', async () => {
  const full = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: '' }));
  const resourceArn = await create(full);
  const tag = (key: string) =>
    sfn.TagResource({ resourceArn, tags: [{ key, value: 'v' }] }, context);
  await tag('k7');
  await expect(tag('one more')).rejects.toEqual(
    expect.objectContaining({ code: 'TooManyTags', members: { resourceName: resourceArn } }),
  );
});
