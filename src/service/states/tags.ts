/** Tags of state machines and activities. */
import type { Tag as GivenTag } from '@aws-sdk/client-sfn';
import { Fault } from '../../ground/fault.ts';
import type { Tag } from '../../store/machines/store.ts';
import { isReserved, type TagEntry, withoutTags, withTags } from '../tags.ts';
import { taggableArn } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { resourceMissing, validation } from './faults.ts';

type TagDeps = Pick<StatesDeps, 'limits' | 'watch'>;

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Of a new resource: each key once, where it came first, with its last value. */
export function checkedTags(
  deps: TagDeps,
  given: readonly GivenTag[] = [],
  resourceName: string,
): Tag[] {
  return changedTags(deps, [], given, resourceName);
}

export function tagHandlers(deps: StatesDeps) {
  return {
    TagResource: async ({ resourceArn, tags }) => {
      await change(deps, resourceArn!, (old) => changedTags(deps, old, tags ?? [], resourceArn!));
      return {};
    },
    UntagResource: async ({ resourceArn, tagKeys }) => {
      await change(deps, resourceArn!, (old) =>
        tagsOfEntries(withoutTags(entriesOf(old), tagKeys)),
      );
      return {};
    },
    ListTagsForResource: async ({ resourceArn }) => ({
      tags: (await tagsOf(deps, resourceArn!)).map(({ key, value }) => ({ key, value })),
    }),
  } satisfies StatesHandlers;
}

async function tagsOf(deps: StatesDeps, resourceArn: string): Promise<readonly Tag[]> {
  const { arn, known } = taggableArn(resourceArn);
  const found = known
    ? arn.includes(':activity:')
      ? await deps.machines.activity(arn)
      : await deps.machines.machine(arn)
    : undefined;
  if (!found) throw resourceMissing(arn);
  return found.tags;
}

async function change(
  deps: StatesDeps,
  arn: string,
  to: (old: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  for (;;) {
    const old = await tagsOf(deps, arn);
    if (await deps.machines.retag(arn, old, to(old))) return deps.catalog.forget(arn);
  }
}

function changedTags(
  { limits, watch }: TagDeps,
  old: readonly Tag[],
  given: readonly GivenTag[],
  resourceName: string,
): Tag[] {
  const checked = given.map(
    ({ key, value = '' }, index): TagEntry => [checkedKey(key, index), checkedText(value)],
  );
  const most = limits.tags;
  const all = withTags(entriesOf(old), checked, {
    most,
    tooMany: () =>
      new Fault('TooManyTags', `Too many tags: at most ${most} are allowed.`, {
        members: { resourceName },
      }),
  });
  watch.note('tags', resourceName, all.length);
  return tagsOfEntries(all);
}

const entriesOf = (tags: readonly Tag[]): TagEntry[] => tags.map(({ key, value }) => [key, value]);

const tagsOfEntries = (entries: readonly TagEntry[]): Tag[] =>
  entries.map(([key, value]) => ({ key, value }));

/** The model does not say that a tag needs a key. */
function checkedKey(key: string | undefined, index: number): string {
  if (key === undefined) {
    throw validation(
      `1 validation error detected: Value null at 'tags.${index + 1}.member.key' ` +
        'failed to satisfy constraint: Member must not be null',
    );
  }
  if (isReserved(key)) {
    throw validation('aws: prefixed tag key names are not allowed for external use.');
  }
  return checkedText(key);
}

function checkedText(text: string): string {
  if (TAG_TEXT.test(text)) return text;
  throw validation(
    'Tags may only contain Unicode letters, digits, white space, or these symbols: ' +
      '_ . : / = + - @.',
  );
}
