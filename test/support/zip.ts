/** Zips for functions under test, with the npm packages they require inside. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { zipSync } from 'fflate';

const modules = join(import.meta.dirname, '../../node_modules');

/** A zip of source files by name, and of installed packages with everything they depend on. */
export function functionZip(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
): Uint8Array {
  const entries: Record<string, Uint8Array> = {};
  for (const [name, text] of Object.entries(files)) entries[name] = new TextEncoder().encode(text);
  for (const folder of closure(packages)) {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/\.(c?js|json)$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      entries[`node_modules/${relative(modules, path)}`] = new Uint8Array(readFileSync(path));
    }
  }
  return zipSync(entries, { level: 1 });
}

function closure(packages: readonly string[]): Set<string> {
  const found = new Set<string>();
  const queue = [...packages];
  for (const name of queue) {
    const folder = join(modules, name);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    queue.push(...Object.keys(dependencies));
  }
  return found;
}
