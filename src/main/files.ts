/** Files named on the command line: themselves, or what a pattern of names stands for. */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UsageError } from './usage.ts';

const MAGIC = /[*?{]/;

/**
 * Every file once, in the order of the arguments, those of one pattern by name. `*` and `?` stay
 * within a folder, `**` crosses folders, `{a,b}` is either; hidden folders and node_modules are left
 * out. Throws UsageError where a name or pattern has no file. `-` stays: the standard input.
 */
export function expandFiles(args: readonly string[]): string[] {
  return [...new Set(args.flatMap(expand))];
}

function expand(arg: string): string[] {
  if (arg === '-') return [arg];
  const kind = statSync(arg, { throwIfNoEntry: false });
  if (kind?.isFile()) return [arg];
  if (kind?.isDirectory()) {
    throw new UsageError(`${arg} is a folder; name files, such as '${join(arg, '**/*.asl.json')}'`);
  }
  if (!MAGIC.test(arg)) throw new UsageError(`no such file: ${arg}`);
  const found = [...walk(baseOf(arg))].filter((path) => matcher(arg).test(path)).sort();
  if (found.length === 0) throw new UsageError(`no file matches ${arg}`);
  return found;
}

/** The folder above the first part of a pattern that is more than a name. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/');
  const base = parts.slice(
    0,
    Math.min(
      parts.length - 1,
      parts.findIndex((one) => MAGIC.test(one)),
    ),
  );
  return base.join('/') || (pattern.startsWith('/') ? '/' : '.');
}

function* walk(folder: string): Generator<string> {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
      yield* walk(path);
    }
  }
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });

function matcher(pattern: string): RegExp {
  const plain = pattern.startsWith('/') ? pattern : relative('.', pattern);
  const source = plain.replace(
    /\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g,
    (one) => PARTS[one] ?? `\\${one}`,
  );
  return new RegExp(`^${source}$`);
}

const PARTS: Readonly<Record<string, string>> = {
  '**/': '(?:[^/]+/)*',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
};
