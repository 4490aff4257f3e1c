/** Groups: named filter expressions. The group Default is always there and has none. */
import { arnOf, type Place } from '../../ground/arn.ts';
import type { Tools } from '../../ground/tools.ts';
import type { Filter } from '../../trace/expression.ts';
import { GROUPS_MAX } from '../../trace/limits.ts';
import { expandGroups } from '../../trace/match.ts';
import type { Tags } from '../tags.ts';
import { invalid, readFilter } from './faults.ts';
import type { SettingsCache } from './settings.ts';

export interface GroupShape {
  readonly GroupName: string;
  readonly GroupARN: string;
  readonly FilterExpression?: string;
  readonly InsightsConfiguration: { InsightsEnabled: boolean; NotificationsEnabled: boolean };
}

export interface GroupChange {
  readonly FilterExpression?: string | undefined;
  readonly InsightsConfiguration?:
    | { InsightsEnabled?: boolean | undefined; NotificationsEnabled?: boolean | undefined }
    | undefined;
}

/** A group is named by its name or its ARN. */
export interface GroupName {
  readonly GroupName?: string | undefined;
  readonly GroupARN?: string | undefined;
}

const DEFAULT_GROUP = 'Default';
const NAME = /^[A-Za-z0-9-]{1,32}$/;
const UNIQUE_LENGTH = 16;

export class Groups {
  readonly #settings: SettingsCache;
  readonly #tools: Pick<Tools, 'uuid'>;

  constructor(settings: SettingsCache, tools: Pick<Tools, 'uuid'>) {
    this.#settings = settings;
    this.#tools = tools;
  }

  list(place: Place): GroupShape[] {
    const groups = this.#settings.list<GroupShape>(place, 'group').map(({ value }) => value);
    if (!groups.some((group) => group.GroupName === DEFAULT_GROUP)) groups.push(byDefault(place));
    return groups.sort((a, b) => (a.GroupName < b.GroupName ? -1 : 1));
  }

  /** Throws where there is no such group. */
  find(place: Place, { GroupName: name, GroupARN: arn }: GroupName): GroupShape {
    if (name === undefined && arn === undefined) {
      throw invalid('Either GroupName or GroupARN must be specified.');
    }
    const found = this.list(place).find(
      (group) =>
        (name === undefined || group.GroupName === name) &&
        (arn === undefined || group.GroupARN === arn),
    );
    if (!found) throw invalid(`Group ${name ?? arn} does not exist.`);
    return found;
  }

  async create(place: Place, name: string, change: GroupChange, tags: Tags): Promise<GroupShape> {
    if (!NAME.test(name)) {
      throw invalid('GroupName must have 1 to 32 characters: letters, digits and hyphens.');
    }
    const unique = this.#tools.uuid().replaceAll('-', '').toUpperCase().slice(0, UNIQUE_LENGTH);
    const arn = arnOf(place, 'xray', `group/${name}/${unique}`);
    let group: GroupShape | undefined;
    await this.#settings.change<GroupShape>(place, 'group', name, () => {
      const groups = this.list(place);
      if (groups.some((one) => one.GroupName === name)) {
        throw invalid(`A group with the name ${name} already exists.`);
      }
      if (groups.length > GROUPS_MAX) {
        throw invalid(`You have reached the maximum number of groups (${GROUPS_MAX}).`);
      }
      group = changed({ ...byDefault(place), GroupName: name, GroupARN: arn }, change);
      return { value: group, tags };
    });
    return group!;
  }

  async update(place: Place, name: GroupName, change: GroupChange): Promise<GroupShape> {
    const { GroupName: wanted } = this.find(place, name);
    let group: GroupShape | undefined;
    await this.#settings.change<GroupShape>(place, 'group', wanted, (old) => {
      const before = this.find(place, name);
      if (before.GroupName === DEFAULT_GROUP && change.FilterExpression !== undefined) {
        throw invalid('The filter expression of the Default group cannot be changed.');
      }
      group = changed(before, change);
      return { value: group, tags: old?.tags ?? {} };
    });
    return group!;
  }

  async delete(place: Place, name: GroupName): Promise<void> {
    const group = this.find(place, name);
    if (group.GroupName === DEFAULT_GROUP) throw invalid('The Default group cannot be deleted.');
    await this.#settings.change(place, 'group', group.GroupName, () => undefined);
  }

  async retag(place: Place, arn: string, change: (old: Tags) => Tags): Promise<void> {
    const { GroupName: name } = this.find(place, { GroupARN: arn });
    await this.#settings.change<GroupShape>(place, 'group', name, (old) => ({
      value: this.find(place, { GroupARN: arn }),
      tags: change(old?.tags ?? {}),
    }));
  }

  tagsOf(place: Place, name: string): Tags {
    return this.#settings.get(place, 'group', name)?.tags ?? {};
  }

  /** The filter of a group; undefined where it takes every trace. */
  filterOf(place: Place, name: GroupName): Filter | undefined {
    if (name.GroupName === undefined && name.GroupARN === undefined) return undefined;
    const { FilterExpression: text } = this.find(place, name);
    return text === undefined ? undefined : readFilter(text);
  }

  /** An expression with the names of groups replaced by what they stand for. */
  expand(place: Place, filter: Filter): Filter {
    return expandGroups(filter, (by, value) => {
      const group = this.list(place).find(
        (it) => value === (by === 'name' ? it.GroupName : it.GroupARN),
      );
      if (!group) return undefined;
      return group.FilterExpression === undefined
        ? { type: 'and', of: [] }
        : readFilter(group.FilterExpression);
    });
  }
}

function byDefault(place: Place): GroupShape {
  return {
    GroupName: DEFAULT_GROUP,
    GroupARN: arnOf(place, 'xray', `group/${DEFAULT_GROUP}`),
    InsightsConfiguration: { InsightsEnabled: false, NotificationsEnabled: false },
  };
}

function changed(group: GroupShape, change: GroupChange): GroupShape {
  const { FilterExpression: text, InsightsConfiguration: insights } = change;
  if (text !== undefined) readFilter(text);
  const enabled = insights?.InsightsEnabled ?? group.InsightsConfiguration.InsightsEnabled;
  const notify = insights?.NotificationsEnabled ?? group.InsightsConfiguration.NotificationsEnabled;
  if (notify && !enabled) throw invalid('NotificationsEnabled needs InsightsEnabled.');
  return {
    ...group,
    ...(text !== undefined && { FilterExpression: text }),
    InsightsConfiguration: { InsightsEnabled: enabled, NotificationsEnabled: notify },
  };
}
