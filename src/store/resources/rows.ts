/** Rows of configured things. */
import { type Json, parseJson } from '../../ground/json.ts';
import type { Row } from '../database.ts';
import type { Resource, ResourceKey } from './store.ts';

export const COLUMNS =
  'service, account, region, kind, name, body, tags, revision, change, created_at, updated_at';

export const keyOfRow = (row: Row): ResourceKey => ({
  place: { account: row.account as string, region: row.region as string },
  service: row.service as string,
  kind: row.kind as string,
  name: row.name as string,
});

export const resourceOf = (row: Row): Resource => ({
  ...keyOfRow(row),
  body: parseJson(row.body as string) as Json,
  tags: parseJson(row.tags as string) as Record<string, string>,
  revision: row.revision as string,
  createdAt: row.created_at as number,
  updatedAt: row.updated_at as number,
});
