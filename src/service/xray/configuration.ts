/** Operations on groups, tags and the encryption setting. */
import type { Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readOffset } from './faults.ts';
import { ruleArn } from './rules.ts';

interface Tag {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

interface Encryption {
  readonly Type: 'NONE' | 'KMS';
  readonly KeyId?: string;
}

const TAGS_MAX = 50;

export function configurationHandlers(parts: XrayParts) {
  const { groups, settings } = parts;
  const tagsOf = (place: Place, arn: string): Tag[] => settings.get(place, 'tags', arn) ?? [];
  const setTags = (place: Place, name: string, value: readonly Tag[]): Promise<void> =>
    settings.save(place, [{ kind: 'tags', name, value }]);
  return {
    CreateGroup: async (input, place) => {
      const group = await groups.create(place, input.GroupName!, input);
      if (input.Tags && input.Tags.length > 0) await setTags(place, group.GroupARN, input.Tags);
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
      const merged = new Map(tagsOf(place, arn!).map((tag) => [tag.Key, tag]));
      for (const tag of tags!) merged.set(tag.Key, tag);
      if (merged.size > TAGS_MAX) {
        throw new Fault('TooManyTagsException', `A resource can have ${TAGS_MAX} tags at most.`, {
          members: { ResourceName: arn },
        });
      }
      await setTags(place, arn!, [...merged.values()]);
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
