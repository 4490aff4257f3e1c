/** Tags of groups and sampling rules: how many, and which keys. */
import type { Tag } from '@aws-sdk/client-xray';
import { Fault } from '../../ground/fault.ts';
import { type TagEntry, withTags } from '../tags.ts';
import { invalid } from './faults.ts';

export type Tags = Readonly<Record<string, string>>;

const TAGS_MAX = 50;

/** `resource`: what the caller calls the tagged thing. */
export function tagged(old: Tags, given: readonly Tag[] | undefined, resource: string): Tags {
  const entries = (given ?? []).map(({ Key, Value }): TagEntry => [Key!, Value!]);
  const all = withTags(Object.entries(old), entries, {
    most: TAGS_MAX,
    reserved: () => invalid('aws: prefixed tag key names are not allowed for external use.'),
    tooMany: () =>
      new Fault('TooManyTagsException', `A resource can have ${TAGS_MAX} tags at most.`, {
        members: { ResourceName: resource },
      }),
  });
  return Object.fromEntries(all);
}
