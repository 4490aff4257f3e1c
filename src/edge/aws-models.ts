/** The trimmed AWS models in the package's own folder, each read whole when it is first needed. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AWS_LIMITS, type Limits } from '../execution/limits.ts';
import { invariant } from '../ground/invariant.ts';
import type { ModelSource, RawMetadata, RawModel } from '../wire/model.ts';
import { Catalog } from '../wire/route.ts';

const NAMES = ['stepfunctions', 'lambda', 'xray', 'logs', 'sts'] as const;

const HEAD_BYTES = 1_024;
/** A model begins with its metadata, an object without objects in it. */
const METADATA = /^\{"version":"[^"]*","metadata":(\{[^{}]*\})/;

/** All services of the product, Step Functions with these limits in place of AWS's. */
export function loadCatalog(limits: Limits = AWS_LIMITS): Catalog {
  const folder = modelsFolder();
  return new Catalog(
    NAMES.map((name) => {
      const source = modelSource(join(folder, `${name}.json`));
      const { metadata, read } = source;
      return name === 'stepfunctions' ? { metadata, read: () => resized(read(), limits) } : source;
    }),
  );
}

function modelSource(file: string): ModelSource {
  const metadata = METADATA.exec(headOf(file))?.[1];
  invariant(metadata, `${file} does not begin with its metadata`);
  return {
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
