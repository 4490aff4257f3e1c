/** Operations on groups, tags and the encryption setting. */
import { arnOf, type Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import { type Tags, untagged } from '../tags.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readOffset } from './faults.ts';
import { ruleArn } from './rules.ts';
import { withTagList } from './tags.ts';

interface Encryption {
  readonly Type: 'NONE' | 'KMS';
  readonly KeyId?: string;
}

export function configurationHandlers(parts: XrayParts) {
  const { groups, settings } = parts;
  return {
    CreateGroup: async (input, place) => {
      const tags = withTagList({}, input.Tags, input.GroupName!);
      return { Group: await groups.create(place, input.GroupName!, input, tags) };
    },
    GetGroup: async (input, place) => ({ Group: groups.find(place, input) }),
    GetGroups: async ({ NextToken: token }, place) => {
      readOffset('GetGroups', token);
      return { Groups: groups.list(place) };
    },
    UpdateGroup: async (input, place) => ({ Group: await groups.update(place, input, input) }),
    DeleteGroup: async (input, place) => {
      await groups.delete(place, input);
      return {};
    },
    TagResource: async ({ ResourceARN: arn, Tags: given }, place) => {
      await retag(parts, place, arn!, (tags) => withTagList(tags, given, arn!));
      return {};
    },
    UntagResource: async ({ ResourceARN: arn, TagKeys: keys }, place) => {
      await retag(parts, place, arn!, (tags) => untagged(tags, keys));
      return {};
    },
    ListTagsForResource: async ({ ResourceARN: arn, NextToken: token }, place) => {
      readOffset('ListTagsForResource', token);
      const tags = Object.entries(tagsOf(parts, place, arn!));
      return { Tags: tags.map(([Key, Value]) => ({ Key, Value })) };
    },
    GetEncryptionConfig: async (_input, place) => ({
      EncryptionConfig: shown(settings.get<Encryption>(place, 'encryption', 'all')?.value),
    }),
    PutEncryptionConfig: async ({ Type: type, KeyId: key }, place) => {
      if (type === 'KMS' && key === undefined) throw invalid('KeyId is required for type KMS.');
      if (type === 'NONE' && key !== undefined)
        throw invalid('KeyId must be absent for type NONE.');
      const value: Encryption = {
        Type: type!,
        ...(key !== undefined && { KeyId: keyArn(place, key) }),
      };
      await settings.change(place, 'encryption', 'all', () => ({ value, tags: {} }));
      return { EncryptionConfig: shown(value) };
    },
  } satisfies XrayHandlers;
}

/** Traces are stored as they are whatever this says; clients wait until it is ACTIVE. */
function shown(stored: Encryption | undefined) {
  return { Type: 'NONE' as const, ...stored, Status: 'ACTIVE' as const };
}

function keyArn(place: Place, key: string): string {
  if (key.startsWith('arn:')) return key;
  const resource = key.startsWith('alias/') ? key : `key/${key}`;
  return arnOf(place, 'kms', resource);
}

/** Tags belong to groups and sampling rules. */
function taggedThing({ groups, rules }: XrayParts, place: Place, arn: string) {
  const group = groups.list(place).find(({ GroupARN }) => GroupARN === arn);
  if (group) return { group: group.GroupName };
  const rule = rules.list(place).find(({ rule: { name } }) => ruleArn(place, name) === arn);
  if (rule) return { rule: rule.rule.name };
  throw new Fault('ResourceNotFoundException', `Resource ${arn} does not exist.`, {
    members: { ResourceName: arn },
  });
}

function tagsOf(parts: XrayParts, place: Place, arn: string): Tags {
  const { group, rule } = taggedThing(parts, place, arn);
  return group === undefined ? parts.rules.tagsOf(place, rule) : parts.groups.tagsOf(place, group);
}

function retag(
  parts: XrayParts,
  place: Place,
  arn: string,
  change: (old: Tags) => Tags,
): Promise<void> {
  const { group, rule } = taggedThing(parts, place, arn);
  return group === undefined
    ? parts.rules.retag(place, rule, change)
    : parts.groups.retag(place, arn, change);
}
