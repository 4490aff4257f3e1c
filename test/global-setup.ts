/**
 * Brings the JavaScript in `dist/` up to date before the tests: worker threads and servers start
 * from there, and Node 20 cannot start a thread from TypeScript. Only files that changed are
 * translated, without a type check (that is the business of `npm run check`).
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TREES = ['src', 'sim'];

async function sources(): Promise<string[]> {
  const lists = await Promise.all(
    TREES.map(async (tree) => {
      const names = await readdir(join(ROOT, tree), { recursive: true });
      return names.map((name) => join(tree, name));
    }),
  );
  return lists.flat().filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

const compiled = (path: string): string => join(ROOT, 'dist', path.replace(/\.ts$/, '.js'));

async function isStale(path: string): Promise<boolean> {
  return (await modifiedAt(join(ROOT, path))) > (await modifiedAt(compiled(path)));
}

export default async function setup(): Promise<void> {
  const stale: string[] = [];
  for (const path of await sources()) if (await isStale(path)) stale.push(path);
  if (stale.length === 0) return;
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  // One file alone does not know that its package is made of ES modules.
  options.module = ts.ModuleKind.ESNext;
  for (const path of stale) {
    const text = await readFile(join(ROOT, path), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions: options, fileName: path });
    const target = compiled(path);
    const partial = `${target}.${process.pid}`;
    await mkdir(dirname(target), { recursive: true });
    // Another test run may be reading the old file: it sees the old or the new one, never a half.
    await writeFile(partial, outputText);
    await rename(partial, target);
  }
}
