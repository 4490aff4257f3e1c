/** Operations on groups, tags and the encryption setting. */
import type { Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readOffset } from './faults.ts';
import { ruleArn } from './rules.ts';
import { type Tag, withTags } from './tags.ts';

interface Encryption {
  readonly Type: 'NONE' | 'KMS';
  readonly KeyId?: string;
}

export function configurationHandlers(parts: XrayParts) {
  const { groups, settings } = parts;
  const tagsOf = (place: Place, arn: string): Tag[] => settings.get(place, 'tags', arn) ?? [];
  const setTags = (place: Place, name: string, value: readonly Tag[]): Promise<void> =>
    settings.save(place, [{ kind: 'tags', name, value }]);
  return {
    CreateGroup: async (input, place) => {
      const tags = withTags([], (input.Tags ?? []) as Tag[], input.GroupName!);
      const group = await groups.create(place, input.GroupName!, input);
      if (tags.length > 0) await setTags(place, group.GroupARN, tags);
      return { Group: group };
    },
    GetGroup: async (input, place) => ({ Group: groups.find(place, input) }),
    GetGroups: async ({ NextToken: token }, place) => {
      readOffset('GetGroups', token);
      return { Groups: groups.list(place) };
    },
    UpdateGroup: async (input, place) => ({ Group: await groups.update(place, input, input) }),
    DeleteGroup: async (input, place) => {
      const { GroupARN: arn } = groups.find(place, input);
      await groups.delete(place, input);
      await settings.remove(place, 'tags', arn);
      return {};
    },
    TagResource: async ({ ResourceARN: arn, Tags: tags }, place) => {
      mustExist(parts, place, arn!);
      await setTags(place, arn!, withTags(tagsOf(place, arn!), tags as Tag[], arn!));
      return {};
    },
    UntagResource: async ({ ResourceARN: arn, TagKeys: keys }, place) => {
      mustExist(parts, place, arn!);
      const kept = tagsOf(place, arn!).filter((tag) => !keys!.includes(tag.Key!));
      await setTags(place, arn!, kept);
      return {};
    },
    ListTagsForResource: async ({ ResourceARN: arn, NextToken: token }, place) => {
      readOffset('ListTagsForResource', token);
      mustExist(parts, place, arn!);
      return { Tags: tagsOf(place, arn!).map(({ Key, Value }) => ({ Key, Value })) };
    },
    GetEncryptionConfig: async (_input, place) => ({
      EncryptionConfig: shown(settings.get<Encryption>(place, 'encryption', 'all')),
    }),
    PutEncryptionConfig: async ({ Type: type, KeyId: key }, place) => {
      if (type === 'KMS' && key === undefined) throw invalid('KeyId is required for type KMS.');
      if (type === 'NONE' && key !== undefined)
        throw invalid('KeyId must be absent for type NONE.');
      const value: Encryption = {
        Type: type!,
        ...(key !== undefined && { KeyId: keyArn(place, key) }),
      };
      await settings.save(place, [{ kind: 'encryption', name: 'all', value }]);
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
  return `arn:aws:kms:${place.region}:${place.account}:${resource}`;
}

/** Tags belong to groups and sampling rules. */
function mustExist({ groups, rules }: XrayParts, place: Place, arn: string): void {
  const isGroup = groups.list(place).some((group) => group.GroupARN === arn);
  const isRule = rules.list(place).some(({ rule }) => ruleArn(place, rule.name) === arn);
  if (isGroup || isRule) return;
  throw new Fault('ResourceNotFoundException', `Resource ${arn} does not exist.`, {
    members: { ResourceName: arn },
  });
}
