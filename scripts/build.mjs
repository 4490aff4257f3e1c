/**
 * Builds dist/: the server by the TypeScript compiler, the files it needs beside it, the console by
 * Vite. `npm ci` runs it (prepare), so that `npm start` never compiles.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const only = process.argv.slice(2);
const wants = (part) => only.length === 0 || only.includes(part);

function run(name, bin, args) {
  const started = performance.now();
  execFileSync(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Files that run as they are (bootstraps of functions) go beside the compiled code. */
function copyAssets(folder) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(mjs|py)$/.test(entry.name)) continue;
    const from = join(entry.parentPath ?? entry.path, entry.name);
    const to = join(root, 'dist', relative(root, from));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
}

if (wants('server')) {
  run('server', 'typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  copyAssets('src');
}
if (wants('console') && existsSync(join(root, 'console/vite.config.ts'))) {
  run('console', 'vite/bin/vite.js', [
    'build',
    '--config',
    'console/vite.config.ts',
    '--logLevel',
    'warn',
  ]);
}
