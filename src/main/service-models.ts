/** What commands without a server know of the services here; the models are read when first needed. */
import type { KnownServices } from '../asl/integrations.ts';
import {
  type CalledOperation,
  calledOperations,
  knownServices,
} from '../service/integrations/operations.ts';
import { productCatalog } from './catalog.ts';

interface ServiceModels {
  readonly operationOf: CalledOperation;
  readonly services: KnownServices;
}

let models: ServiceModels | undefined;

export function serviceModels(): ServiceModels {
  models ??= read();
  return models;
}

function read(): ServiceModels {
  const catalog = productCatalog();
  const operationOf = calledOperations(catalog);
  return { operationOf, services: knownServices(catalog, operationOf) };
}
