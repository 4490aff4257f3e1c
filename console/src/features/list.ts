/** The features of the console, in the order in which the rail shows them. */
import { executions } from './executions/feature.ts';
import type { Feature } from './feature.ts';
import { functions } from './functions/feature.ts';
import { logs } from './logs/feature.ts';
import { machines } from './machines/feature.ts';
import { map } from './map/feature.ts';
import { overview } from './overview/feature.ts';
import { traces } from './traces/feature.ts';

export const FEATURES: readonly Feature[] = [
  overview,
  machines,
  executions,
  functions,
  map,
  traces,
  logs,
];
