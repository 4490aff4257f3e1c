/** The trimmed AWS models in the package's own folder, each read whole when it is first needed. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AWS_LIMITS, type Limits } from '../execution/limits.ts';
import { invariant } from '../ground/invariant.ts';
import type { AwsServiceKind } from '../service/aws-service.ts';
import { Catalog } from '../wire/catalog.ts';
import type { ModelSource, RawMetadata, RawModel } from '../wire/model/raw.ts';
import type { Quirks } from '../wire/quirks.ts';

/** Whose model is wanted: the file of its id, in the package's folder where none is said. */
export interface ModelOf {
  readonly id: string;
  readonly quirks?: Quirks;
  readonly folder?: string;
}

const HEAD_BYTES = 1_024;
/** A model begins with its metadata, whose objects have none in them. */
const METADATA = /^\{"version":"[^"]*","metadata":(\{(?:[^{}]|\{[^{}]*\})*\})/;

/** The models of these services, with AWS's limits where they say no others. */
export function loadCatalog(
  services: readonly (ModelOf & Pick<AwsServiceKind, 'sized'>)[],
  limits: Limits = AWS_LIMITS,
): Catalog {
  return new Catalog(
    services.map(({ id, quirks, folder = modelsFolder(), sized }) => {
      const source = modelSource(folder, id, quirks);
      return sized ? { ...source, read: () => sized(source.read(), limits) } : source;
    }),
  );
}

/** The model of a service in a folder, under the id that is its file's name. */
export function modelSource(folder: string, id: string, quirks?: Quirks): ModelSource {
  const file = join(folder, `${id}.json`);
  const metadata = METADATA.exec(headOf(file))?.[1];
  invariant(metadata, `${file} does not begin with its metadata`);
  return {
    id,
    quirks,
    metadata: JSON.parse(metadata) as RawMetadata,
    read: () => JSON.parse(readFileSync(file, 'utf8')) as RawModel,
  };
}

function headOf(file: string): string {
  const opened = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, readSync(opened, bytes));
  } finally {
    closeSync(opened);
  }
}

/** `models/` beside this file's package: sources and build lie at different depths. */
export function modelsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'models', 'states.json'))) {
    const parent = dirname(folder);
    invariant(parent !== folder, 'the package has lost its models folder');
    folder = parent;
  }
  return join(folder, 'models');
}
