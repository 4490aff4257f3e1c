/**
 * Brings X-Ray's settings to where they belong, at the start of a server whose data is of a version
 * that kept them in the database of the traces. What has been brought there is taken from the old
 * table last, so that a server that dies on the way does the rest the next time.
 */
import type { Place } from '../../ground/arn.ts';
import { type Json, parseJson } from '../../ground/json.ts';
import { DEFAULT_RULE } from '../../trace/sampling.ts';
import type { Database } from '../database.ts';
import type { NewResource, ResourceStore } from './store.ts';

/** Tags stood beside what they belong to, under its ARN. */
const GROUP_ARN = /:group\/([^/]+)/;
const RULE_ARN = /:sampling-rule\/(.+)$/;

export async function carryOverXraySettings(
  traces: Database,
  resources: ResourceStore,
): Promise<void> {
  const rows = await traces.read(
    'SELECT account, region, kind, name, body FROM xray_settings ORDER BY kind',
    [],
  );
  if (rows.length === 0) return;
  const carried = new Map<string, NewResource>();
  for (const row of rows) {
    const place = { account: row.account as string, region: row.region as string };
    const body = parseJson(row.body as string);
    // `tags` is the last of the kinds.
    if (row.kind === 'tags') addTags(carried, place, row.name as string, body);
    else add(carried, resourceOf(place, row.kind as string, row.name as string, body));
  }
  // A conflict: it was brought there before.
  await Promise.all([...carried.values()].map((one) => resources.put(one, 'new')));
  await traces.write({
    guards: 0,
    statements: [{ sql: 'DELETE FROM xray_settings', params: [] }],
  });
}

const resourceOf = (place: Place, kind: string, name: string, body: Json): NewResource => ({
  place,
  service: 'xray',
  kind,
  name,
  body,
});

const idOf = ({ place, kind, name }: NewResource): string =>
  JSON.stringify([place.account, place.region, kind, name]);

function add(carried: Map<string, NewResource>, resource: NewResource): void {
  carried.set(idOf(resource), resource);
}

function addTags(carried: Map<string, NewResource>, place: Place, arn: string, body: Json): void {
  const owner = ownerOf(place, arn);
  const there = owner && (carried.get(idOf(owner)) ?? (owner.name === 'Default' && owner));
  // Tags of a rule or group that is gone.
  if (!there) return;
  const list = body as { Key: string; Value: string }[];
  add(carried, { ...there, tags: Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) });
}

/** What bears the ARN, as it is where nobody has ever changed it. */
function ownerOf(place: Place, arn: string): NewResource | undefined {
  const group = GROUP_ARN.exec(arn)?.[1];
  if (group !== undefined) {
    const InsightsConfiguration = { InsightsEnabled: false, NotificationsEnabled: false };
    const body = { GroupName: group, GroupARN: arn, InsightsConfiguration };
    return resourceOf(place, 'group', group, body);
  }
  const rule = RULE_ARN.exec(arn)?.[1];
  if (rule === undefined) return undefined;
  const body = { rule: { ...DEFAULT_RULE }, createdAt: 0, modifiedAt: 0 };
  return resourceOf(place, 'rule', rule, body as unknown as Json);
}
