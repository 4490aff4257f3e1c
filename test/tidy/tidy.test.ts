/**
 * The rules of the house that a machine can check (docs/STYLE.md), over every source; and of each
 * rule a planted breach that it finds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCircles } from './circles.ts';
import { checkFences, needlessExceptions } from './fences.ts';
import { checkFloors } from './floors.ts';
import { checkIdentifiers } from './identifiers.ts';
import { checkComponents, checkPackages } from './packages.ts';
import { checkHead, checkSizes } from './sizes.ts';
import { importsOf, isTest, type Source, type Violation } from './source.ts';

const root = join(import.meta.dirname, '../..');

function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|py)$/.test(entry.name))
      .filter((entry) => !/node_modules|\/dist\//.test(entry.parentPath))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: relative(root, path), text: readFileSync(path, 'utf8') };
      }),
  );
}

const sources = sourcesIn('src', 'sim', 'console/src', 'scripts');
const production = sources.filter(({ path }) => !isTest(path));
const print = (found: readonly Violation[]): string =>
  found.map((v) => `${v.path}:${v.line} ${v.rule}: ${v.detail}`).join('\n');

describe('the house', { timeout: 120_000 }, () => {
  it('is read at all', () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap((source) => importsOf(source)).length).toBeGreaterThan(2_000);
  });

  it('imports downwards only', () => {
    expect(print(sources.flatMap(checkFloors))).toBe('');
  });

  it('has no circles', () => {
    expect(print(checkCircles(production))).toBe('');
  });

  it('uses a package only where it is declared', () => {
    expect(print(sources.flatMap(checkPackages))).toBe('');
  });

  it('keeps its services apart', () => {
    expect(print(sources.flatMap(checkFences))).toBe('');
    expect(needlessExceptions(sources), 'the list of exceptions can only become shorter').toEqual(
      [],
    );
  });

  it('asks for time, chance and the world only at the edge', () => {
    expect(print(sources.flatMap(checkIdentifiers))).toBe('');
  });

  it('keeps files, functions and lines small', () => {
    expect(print(sources.flatMap(checkSizes))).toBe('');
  });

  it('opens every file with its promise', () => {
    expect(print(sources.flatMap(checkHead))).toBe('');
  });
});

const plant = (path: string, text: string): Source => ({ path, text });
const everyRule = (source: Source): Violation[] =>
  [checkFloors, checkPackages, checkComponents, checkFences, checkIdentifiers, checkSizes].flatMap(
    (check) => check(source),
  );
const long = (lines: number): string =>
  Array.from({ length: lines }, (_, i) => `  const a${i} = ${i};`).join('\n');

describe('a planted breach is found', () => {
  it.each([
    ['src/asl/x.ts', "import { a } from '../service/engine.ts';", 'floor 1 must not import'],
    ['src/asl/x.ts', "export { a } from '../service/engine.ts';", 'floor 1 must not import'],
    ['src/asl/x.ts', "type A = import('../service/x.ts').A;", 'floor 1 must not import'],
    ['src/asl/x.ts', "import\n  {\n  a } from '../service/engine.ts';", 'floor 1 must not'],
    ['src/asl/testing.plant.ts', "import { a } from '../main/x.ts';", 'floor 1 must not import'],
    ['src/trace/x.ts', "import { a } from '../asl/path.ts';", 'src/trace must not import src/asl'],
    ['src/edge/x.ts', "import { a } from '../../sim/world.ts';", 'is for tests'],
    ['src/asl/x.ts', "import { a } from './testing.ts';", 'is for tests'],
    ['console/src/x.ts', "import { a } from '../../src/store/database.ts';", 'must not import'],
    ['src/odd/x.ts', '', 'no floor for src/odd'],
    // Packages.
    ['src/service/x.ts', "import { readFile } from 'node:fs';", 'node:fs below the edge'],
    ['src/store/sqlite/x.ts', "import { spawn } from 'node:child_process';", 'below the edge'],
    ['src/asl/x.ts', "import Libsql from 'libsql';", 'libsql is not for'],
    ['src/service/x.ts', "import yauzl from 'yauzl';", 'yauzl is not for'],
    ['src/service/x.ts', "import { SFNClient } from '@aws-sdk/client-sfn';", 'types only'],
    ['src/asl/x.ts', 'const a = import(`../service/$' + '{n}.ts`);', 'not written as one text'],
    ['src/asl/x.ts', "import type { S } from '@aws-sdk/client-sfn';", '@aws-sdk/client-sfn is not'],
    ['src/edge/x.ts', "import express from 'express';", 'express is not for'],
    ['console/src/x.ts', "import dayjs from 'dayjs';", 'dayjs is not for'],
    ['console/src/x.ts', "import { readFile } from 'node:fs';", 'node:fs below the edge'],
    [
      'console/src/features/x.tsx',
      "import B from '@cloudscape-design/components/box';",
      'parts/ui',
    ],
    // Identifiers.
    ['src/execution/x.ts', 'const a = Date.now();', 'Date.now'],
    ['src/execution/x.ts', 'const a = new Date();', 'new Date()'],
    ['src/execution/x.ts', 'const a = performance.now();', 'performance'],
    ['src/execution/x.ts', 'crypto.getRandomValues(a);', 'crypto'],
    ['src/service/x.ts', "await fetch('http://x');", 'fetch'],
    ['src/service/x.ts', 'const a = process.memoryUsage();', 'process'],
    ['src/service/x.ts', 'globalThis.setTimeout(f, 1);', 'globalThis'],
    ['src/service/x.ts', 'const later = setTimeout;', 'setTimeout'],
    ['src/execution/x.ts', "const a = Date['now']();", 'Date.now'],
    ['src/execution/x.ts', 'const { now } = Date;', 'Date.now'],
    ['src/execution/x.ts', 'const a = Date();', 'Date.now'],
    ['src/execution/x.ts', 'const { random } = Math;', 'Math.random'],
    ['src/execution/x.ts', 'const list = [Math];', 'Math.random'],
    ['src/service/x.ts', 'const ask = { fetch };', 'fetch'],
    ['src/service/x.ts', 'const { env } = process;', 'process'],
    ['src/service/x.ts', 'function f(fetch) { fetch(); }', 'fetch'],
    ['src/service/x.ts', 'class A extends Worker {}', 'Worker'],
    ['src/store/sqlite/x.ts', 'queueMicrotask(f);', 'queueMicrotask'],
    ['src/wire/bytes.ts', 'setTimeout(f);', 'setTimeout'],
    ['src/wire/x.ts', 'const a = Buffer.from(b);', 'Buffer'],
    ['src/store/sql/x.ts', 'const a = Date.now() + Math.random();', 'Math.random'],
    ['src/store/sqlite/x.ts', 'const a = Date.now();', 'Date.now'],
    ['src/wire/testing.ts', 'const a = Date.now();', 'Date.now'],
    // Fences.
    ['src/service/xray/x.ts', "import { a } from '../logs/writer.ts';", 'must not import'],
    ['src/service/xray/x.ts', "import type { A } from '../logs/writer.ts';", 'must not import'],
    ['src/service/engine/x/x.ts', "import { a } from '../../states/x.ts';", 'must not import'],
    ['src/service/lambda/x.ts', "import { a } from '../engine/engine.ts';", 'must not import'],
    ['src/service/logs/x.ts', "import { a } from '../../store/traces/sql.ts';", 'must not import'],
    // Sizes.
    [
      'src/asl/x.ts',
      `function a(\n  b: number,\n): void {\n${long(90)}\n}`,
      'function of 94 lines',
    ],
    ['src/asl/x.ts', `const a = {\n  run: (b) => {\n${long(90)}\n  },\n};`, 'function of 92 lines'],
    ['src/asl/x.ts', `class A {\n  #b() {\n${long(90)}\n  }\n}`, 'function of 92 lines'],
    ['src/asl/x.ts', 'x\n'.repeat(500), '501 lines'],
    ['src/edge/host/x.mjs', 'x\n'.repeat(900), '901 lines'],
    ['src/edge/host/x.py', 'x\n'.repeat(900), '901 lines'],
    ['src/main/testing.ts', 'x\n'.repeat(900), '901 lines'],
  ])('%# in %s', (path, text, detail) => {
    expect(print(everyRule(plant(path, text)))).toContain(detail);
  });

  it('in an exception that nothing needs', () => {
    const needs = plant('src/service/states/x.ts', "import type { A } from '../engine/engine.ts';");
    expect(needlessExceptions([])).toContain('states → service/engine');
    expect(needlessExceptions([needs])).not.toContain('states → service/engine');
    expect(needlessExceptions([needs])).toContain('xray → store/traces');
  });

  it('in circles of files, of types as well', () => {
    const sources = [
      plant('src/asl/a.ts', "import { b } from './b.ts';"),
      plant('src/asl/b.ts', "import type { C } from './c.ts';"),
      plant('src/asl/c.ts', "import { a } from './a.ts';"),
      plant('src/asl/d.ts', "import { a } from './a.ts';"),
    ];
    expect(print(checkCircles(sources))).toBe(
      'src/asl/a.ts:1 circles: src/asl/a.ts, src/asl/b.ts, src/asl/c.ts',
    );
  });

  it('in files without a promise', () => {
    expect(print(checkHead(plant('src/asl/x.ts', 'export const a = 1;')))).toContain('promises');
  });
});

describe('what is allowed is left alone', () => {
  it.each([
    ['src/asl/x.test.ts', "import { a } from '../main/compose.ts'; Date.now();"],
    ['src/edge/x.ts', 'const a = Date.now(); setTimeout(f, 1);'],
    ['src/asl/x.ts', "import jsonata from 'jsonata';"],
    ['src/service/x.ts', 'const a = { process: 1 }; a.process; const { fetch: b } = a;'],
    ['src/service/x.ts', 'type A = { fetch: (process: B) => void; now?: Date; w: Worker };'],
    ['src/service/x.ts', 'const at = new Date(5); at instanceof Date; Date.UTC(1); Math.max(1);'],
    ['src/service/x.ts', 'const a = Buffer.from(b);'],
    ['src/service/states/x.ts', "import { a } from '../engine/engine.ts';"],
    ['src/service/x.ts', "import type { SFN } from '@aws-sdk/client-sfn';"],
    ['src/service/x.ts', '// Date.now() is not for this floor\nconst a = "setTimeout";'],
  ])('%# in %s', (path, text) => {
    expect(print(everyRule(plant(path, text)))).toBe('');
  });
});
