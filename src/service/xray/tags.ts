/** Tags of groups and sampling rules: how many, and which keys. */
import type { Tag } from '@aws-sdk/client-xray';
import { Fault } from '../../ground/fault.ts';
import { type Tags, tagged } from '../tags.ts';
import { invalid } from './faults.ts';

const TAGS_MAX = 50;

/** `resource`: what the caller calls the tagged thing. */
export function withTagList(
  old: Tags,
  given: readonly Tag[] | undefined,
  resource: string,
): Record<string, string> {
  const entries = (given ?? []).map(({ Key, Value }) => [Key!, Value!] as const);
  return tagged(old, Object.fromEntries(entries), {
    most: TAGS_MAX,
    reserved: () => invalid('aws: prefixed tag key names are not allowed for external use.'),
    tooMany: () =>
      new Fault('TooManyTagsException', `A resource can have ${TAGS_MAX} tags at most.`, {
        members: { ResourceName: resource },
      }),
  });
}
