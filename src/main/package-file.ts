/** Files of the installed package, found alike from `src/` and from `dist/src/`. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Absolute path of a file of the package, given from its root. */
export const packageFile = (...parts: string[]): string => join(root, ...parts);
