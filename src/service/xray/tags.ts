/** Tags of groups and sampling rules: how many, and which keys. */
import { Fault } from '../../ground/fault.ts';
import { invalid } from './faults.ts';

export interface Tag {
  readonly Key: string | undefined;
  readonly Value: string | undefined;
}

const TAGS_MAX = 50;
const RESERVED = /^aws:/i;

/** A key that is there keeps its place. `resource`: what the caller calls the tagged thing. */
export function withTags(old: readonly Tag[], given: readonly Tag[], resource: string): Tag[] {
  if (given.some(({ Key: key = '' }) => RESERVED.test(key))) {
    throw invalid('aws: prefixed tag key names are not allowed for external use.');
  }
  const merged = new Map([...old, ...given].map((tag) => [tag.Key, tag]));
  if (merged.size > TAGS_MAX) {
    throw new Fault('TooManyTagsException', `A resource can have ${TAGS_MAX} tags at most.`, {
      members: { ResourceName: resource },
    });
  }
  return [...merged.values()];
}
