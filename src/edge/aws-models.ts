/** The trimmed AWS models, read from the package's own folder. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invariant } from '../ground/invariant.ts';
import type { RawModel } from '../wire/model.ts';
import { Catalog } from '../wire/route.ts';

const NAMES = ['stepfunctions', 'lambda', 'xray', 'logs', 'sts'] as const;

/** All services of the product. */
export function loadCatalog(): Catalog {
  const folder = modelsFolder();
  return new Catalog(
    NAMES.map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as RawModel),
  );
}

/** `models/` beside this file's package: sources and build lie at different depths. */
export function modelsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'models', 'stepfunctions.json'))) {
    const parent = dirname(folder);
    invariant(parent !== folder, 'the package has lost its models folder');
    folder = parent;
  }
  return join(folder, 'models');
}
