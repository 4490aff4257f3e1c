/** The trimmed AWS models, read from the package's own folder. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AWS_LIMITS, type Limits } from '../execution/limits.ts';
import { invariant } from '../ground/invariant.ts';
import type { RawModel } from '../wire/model.ts';
import { Catalog } from '../wire/route.ts';

const NAMES = ['stepfunctions', 'lambda', 'xray', 'logs', 'sts'] as const;

/** All services of the product, Step Functions with these limits in place of AWS's. */
export function loadCatalog(limits: Limits = AWS_LIMITS): Catalog {
  const folder = modelsFolder();
  const read = (name: string) =>
    JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as RawModel;
  return new Catalog(
    NAMES.map((name) => (name === 'stepfunctions' ? resized(read(name), limits) : read(name))),
  );
}

function resized({ shapes, ...model }: RawModel, limits: Limits): RawModel {
  const { SensitiveData, Definition } = shapes;
  const own = {
    SensitiveData: { ...SensitiveData!, max: limits.payloadBytes },
    Definition: { ...Definition!, max: limits.definitionLength },
  };
  return { ...model, shapes: { ...shapes, ...own } };
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
