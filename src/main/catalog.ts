/** The models of all services of the product. */
import { loadCatalog } from '../edge/aws-models.ts';
import type { Limits } from '../execution/limits.ts';
import type { Catalog } from '../wire/catalog.ts';
import { SERVICES } from './services.ts';

export const productCatalog = (limits?: Limits): Catalog => loadCatalog(SERVICES, limits);
