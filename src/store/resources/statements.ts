/**
 * Changes of configured things as data. Each service they touch takes its number first, so that
 * units of one service come one after the other, and what a unit changed bears its number.
 */
import { invariant } from '../../ground/invariant.ts';
import { printJson } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import type { Statement, Unit, Value } from '../database.ts';
import type { ResourceChange, ResourceKey } from './store.ts';

/** Removals that are kept for the watchers of other processes; who missed more reads all anew. */
export const REMOVALS_KEPT = 1000;

/** A change with the revision that a put is to have. */
export type NumberedChange = ResourceChange & { readonly revision: string };

const OF_KEY = 'service = $1 AND account = $2 AND region = $3 AND kind = $4 AND name = $5';
const NUMBER = '(SELECT change FROM resource_clock WHERE service = $1)';

const TAKE_NUMBER = `INSERT INTO resource_clock (service, change) VALUES ($1, 1)
  ON CONFLICT (service) DO UPDATE SET change = resource_clock.change + 1`;
const INSERT = `INSERT INTO resource
  (service, account, region, kind, name, body, tags, revision, created_at, updated_at, change)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, ${NUMBER})
  ON CONFLICT (service, account, region, kind, name)`;
const PUT_NEW = `${INSERT} DO NOTHING`;
const PUT_ANY = `${INSERT} DO UPDATE SET body = excluded.body, tags = excluded.tags,
  revision = excluded.revision, updated_at = excluded.updated_at, change = excluded.change`;
const REPLACE = `UPDATE resource
  SET body = $6, tags = $7, revision = $8, updated_at = $9, change = ${NUMBER}
  WHERE ${OF_KEY} AND revision = $10`;
const DELETE = `DELETE FROM resource WHERE ${OF_KEY}`;
const DELETE_TAGS = `DELETE FROM resource_tag WHERE ${OF_KEY}`;
const INSERT_TAG = `INSERT INTO resource_tag
  (service, account, region, kind, name, key, value) VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const NOTE_REMOVAL = `INSERT INTO resource_removal (service, change, account, region, kind, name)
  SELECT service, ${NUMBER}, account, region, kind, name FROM resource WHERE ${OF_KEY}`;
const FORGET_REMOVALS = `DELETE FROM resource_removal
  WHERE service = $1 AND change <= ${NUMBER} - ${REMOVALS_KEPT}`;

export const keyValues = ({ service, place, kind, name }: ResourceKey): Value[] => [
  service,
  place.account,
  place.region,
  kind,
  name,
];

export const keyOf = (change: ResourceChange): ResourceKey =>
  'put' in change ? change.put : change.remove;

export function unitOf(changes: readonly NumberedChange[], now: Instant): Unit {
  const keys = changes.map((change) => JSON.stringify(keyValues(keyOf(change))));
  invariant(new Set(keys).size === keys.length, 'one thing twice in a unit');
  const services = [...new Set(changes.map((change) => keyOf(change).service))].sort();
  const guards: Statement[] = services.map((service) => ({ sql: TAKE_NUMBER, params: [service] }));
  const rest: Statement[] = [];
  for (const change of changes) {
    const { guarded, rest: following } = 'put' in change ? putOf(change, now) : removeOf(change);
    guards.push(...guarded);
    rest.push(...following);
  }
  return { guards: guards.length, statements: [...guards, ...rest] };
}

interface Parts {
  readonly guarded: readonly Statement[];
  readonly rest: readonly Statement[];
}

function putOf(change: Extract<NumberedChange, { put: object }>, now: Instant): Parts {
  const { put, expected, revision } = change;
  const key = keyValues(put);
  const tags = put.tags ?? {};
  const values = [...key, printJson(put.body), printJson(tags), revision, now];
  const rest: Statement[] = expected === 'new' ? [] : [{ sql: DELETE_TAGS, params: key }];
  for (const tag of Object.entries(tags)) rest.push({ sql: INSERT_TAG, params: [...key, ...tag] });
  const guard =
    typeof expected === 'object'
      ? { sql: REPLACE, params: [...values, expected.revision] }
      : { sql: expected === 'new' ? PUT_NEW : PUT_ANY, params: values };
  return { guarded: [guard], rest };
}

function removeOf({ remove, expected }: Extract<ResourceChange, { remove: object }>): Parts {
  const key = keyValues(remove);
  const gone: Statement[] = [
    { sql: DELETE, params: key },
    { sql: DELETE_TAGS, params: key },
    { sql: FORGET_REMOVALS, params: [remove.service] },
  ];
  if (expected === 'any') {
    return { guarded: [], rest: [{ sql: NOTE_REMOVAL, params: key }, ...gone] };
  }
  const sql = `${NOTE_REMOVAL} AND revision = $6`;
  return { guarded: [{ sql, params: [...key, expected.revision] }], rest: gone };
}
