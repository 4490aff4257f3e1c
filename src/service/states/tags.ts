/** Tags of state machines and activities. */
import type { Tag as GivenTag } from '@aws-sdk/client-sfn';
import { Fault } from '../../ground/fault.ts';
import type { Tag } from '../../store/machines.ts';
import { taggableArn } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { resourceMissing } from './faults.ts';

const TAGS_MAX = 50;

export function checkTags(tags: readonly GivenTag[], resourceName: string): void {
  if (new Set(tags.map(({ key }) => key)).size <= TAGS_MAX) return;
  throw new Fault('TooManyTags', `Too many tags: at most ${TAGS_MAX} are allowed.`, {
    members: { resourceName },
  });
}

export function tagHandlers(deps: StatesDeps) {
  return {
    TagResource: async ({ resourceArn, tags }) => {
      await change(deps, resourceArn!, (old) => withTags(old, tags ?? [], resourceArn!));
      return {};
    },
    UntagResource: async ({ resourceArn, tagKeys }) => {
      const gone = new Set(tagKeys);
      await change(deps, resourceArn!, (old) => old.filter(({ key }) => !gone.has(key)));
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

/** A key that is there keeps its place. */
function withTags(old: readonly Tag[], given: readonly GivenTag[], arn: string): readonly Tag[] {
  const all = new Map(old.map(({ key, value }) => [key, value]));
  for (const { key, value } of given) all.set(key!, value ?? '');
  const tags = [...all].map(([key, value]) => ({ key, value }));
  checkTags(tags, arn);
  return tags;
}
