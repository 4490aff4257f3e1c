/** What AWS's operations answer with, read from the package's own file one service at a time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { ResultModel, ResultModels } from '../service/states/test-state/result-model.ts';
import { modelsFolder } from './aws-models.ts';

/** A service is read when it is first asked for. */
export function resultModels(): ResultModels {
  const known = new Map<string, ResultModel | undefined>();
  return {
    of: (service) => {
      if (!known.has(service)) known.set(service, read(service));
      return known.get(service);
    },
  };
}

function read(service: string): ResultModel | undefined {
  const entry = `${service}.json`;
  const zip = readFileSync(join(modelsFolder(), 'results.zip'));
  const found = unzipSync(zip, { filter: ({ name }) => name === entry })[entry];
  return found && (JSON.parse(strFromU8(found)) as ResultModel);
}
