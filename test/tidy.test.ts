import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkBanned,
  checkFloors,
  checkHead,
  checkSizes,
  importsOf,
  type Source,
  type Violation,
} from './tidy.ts';

const root = join(import.meta.dirname, '..');

function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name))
      .filter((entry) => !/node_modules|\/dist\//.test(entry.parentPath))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: relative(root, path), text: readFileSync(path, 'utf8') };
      }),
  );
}

const sources = sourcesIn('src', 'sim', 'console/src');
const print = (found: Violation[]): string =>
  found.map((v) => `${v.path}:${v.line} ${v.rule}: ${v.detail}`).join('\n');

describe('the house', () => {
  it('is read at all', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((source) => importsOf(source.text)).length).toBeGreaterThan(300);
  });

  it('imports downwards only', () => {
    expect(print(sources.flatMap(checkFloors))).toBe('');
  });

  it('asks for time and chance only at the edge', () => {
    expect(print(sources.flatMap(checkBanned))).toBe('');
  });

  it('keeps files, functions and lines small', () => {
    expect(print(sources.flatMap(checkSizes))).toBe('');
  });

  it('opens every file with its promise', () => {
    expect(print(sources.flatMap(checkHead))).toBe('');
  });
});

describe('a planted violation is found', () => {
  const plant = (path: string, text: string): Source => ({ path, text });

  it.each([
    ['src/asl/x.ts', "import { a } from '../service/engine.ts';", 'floor 1 must not import'],
    ['src/trace/x.ts', "import { a } from '../asl/path.ts';", 'src/trace must not import src/asl'],
    ['src/service/x.ts', "import { readFile } from 'node:fs';", 'node:fs below the edge'],
    ['src/edge/x.ts', "import { a } from '../../sim/world.ts';", 'is for tests'],
    ['src/service/x.ts', "import { SFNClient } from '@aws-sdk/client-sfn';", 'types only'],
    ['console/src/x.ts', "import { a } from '../../src/store/database.ts';", 'must not import'],
    ['src/odd/x.ts', '', 'no floor for src/odd'],
  ])('%s: %s', (path, text, detail) => {
    expect(print(checkFloors(plant(path, text)))).toContain(detail);
  });

  it('clock', () => {
    const source = plant('src/execution/x.ts', 'const a = Date.now();');
    expect(print(checkBanned(source))).toContain('Date.now');
    expect(checkBanned(plant('src/edge/x.ts', 'const a = Date.now();'))).toEqual([]);
  });

  it('size', () => {
    const lines = Array.from({ length: 80 }, (_, i) => `  const a${i} = ${i};`).join('\n');
    const source = plant('src/asl/x.ts', `function long(): void {\n${lines}\n}\n`);
    expect(print(checkSizes(source))).toContain('function of 82 lines');
    expect(print(checkSizes(plant('src/asl/x.ts', 'x\n'.repeat(500))))).toContain('501 lines');
  });

  it('head', () => {
    expect(print(checkHead(plant('src/asl/x.ts', 'export const a = 1;')))).toContain('promises');
  });
});
