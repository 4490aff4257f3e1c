/** The trimmed AWS models in the package's own folder, each read whole when it is first needed. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AWS_LIMITS, type Limits } from '../execution/limits.ts';
import { invariant } from '../ground/invariant.ts';
import { LAMBDA_QUIRKS } from '../service/lambda/quirks.ts';
import { LOGS_QUIRKS } from '../service/logs/quirks.ts';
import { STATES_QUIRKS } from '../service/states/quirks.ts';
import { XRAY_QUIRKS } from '../service/xray/quirks.ts';
import { Catalog } from '../wire/catalog.ts';
import type { ModelSource, RawMetadata, RawModel } from '../wire/model/raw.ts';
import type { Quirks } from '../wire/quirks.ts';

/** The services of the product; each one's model is the file of its name. */
const SERVICES: Readonly<Record<string, Quirks | undefined>> = {
  states: STATES_QUIRKS,
  lambda: LAMBDA_QUIRKS,
  xray: XRAY_QUIRKS,
  logs: LOGS_QUIRKS,
  sts: undefined,
};

const HEAD_BYTES = 1_024;
/** A model begins with its metadata, an object without objects in it. */
const METADATA = /^\{"version":"[^"]*","metadata":(\{[^{}]*\})/;

/** All services of the product, Step Functions with these limits in place of AWS's. */
export function loadCatalog(limits: Limits = AWS_LIMITS): Catalog {
  const folder = modelsFolder();
  return new Catalog(
    Object.entries(SERVICES).map(([id, quirks]) => {
      const source = modelSource(folder, id, quirks);
      return id === 'states' ? { ...source, read: () => resized(source.read(), limits) } : source;
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
  while (!existsSync(join(folder, 'models', 'states.json'))) {
    const parent = dirname(folder);
    invariant(parent !== folder, 'the package has lost its models folder');
    folder = parent;
  }
  return join(folder, 'models');
}
