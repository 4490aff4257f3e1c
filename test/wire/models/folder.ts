/**
 * The models of AWS's services beside the repository, many more than the product has: the folder is
 * named by STEPLIGHT_MODELS, or lies beside the repository. Tests over them are skipped without it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSource, RawModel as WireModel } from '../../../src/wire/model/raw.ts';
import type { Quirks } from '../../../src/wire/quirks.ts';
import type { RawModel } from '../generate.ts';

export const folder =
  process.env.STEPLIGHT_MODELS ?? join(import.meta.dirname, '../../../../shared/models');

export const missing = existsSync(folder) ? undefined : 'no models beside the repository';
if (missing) process.stdout.write(`skipped: ${missing}\n`);

/** Names of the files without their ending. */
export function modelNames(): string[] {
  if (missing) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

const read = new Map<string, unknown>();

export function modelText(name: string): string {
  return readFileSync(join(folder, `${name}.json`), 'utf8');
}

/** A model without the patterns of its texts, which bind nothing to the wire. */
export function rawModel(name: string): RawModel {
  const known = read.get(name);
  if (known) return known as RawModel;
  const model = JSON.parse(modelText(name), (key, value) =>
    key === 'pattern' && typeof value === 'string' ? undefined : value,
  ) as RawModel;
  read.set(name, model);
  return model;
}

export function modelSource(name: string, quirks?: Quirks): ModelSource {
  const model = rawModel(name) as unknown as WireModel & Pick<ModelSource, 'metadata'>;
  return { id: name, metadata: model.metadata, quirks, read: () => model };
}
