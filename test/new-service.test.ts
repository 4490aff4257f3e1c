/** The skeleton that \`npm run new-service\` writes: its types hold, and it opens. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { House } from '../src/service/aws-service.ts';

const ROOT = join(import.meta.dirname, '..');
const SCRIPT = join(ROOT, 'scripts/new-service.mjs');
const FILES = ['service.ts', 'open.ts', 'handlers.ts', 'faults.ts', 'demo.test.ts'];
/** Any client whose types are installed. */
const ARGS = ['demo', '--client', '@aws-sdk/client-sts'];
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'steplight-new-'));
  mkdirSync(join(root, 'src'));
  for (const name of ['ground', 'asl', 'execution', 'function', 'trace', 'monitor', 'wire']) {
    symlinkSync(join(ROOT, 'src', name), join(root, 'src', name));
  }
  for (const name of ['store', 'edge'])
    symlinkSync(join(ROOT, 'src', name), join(root, 'src', name));
  cpSync(join(ROOT, 'src/service'), join(root, 'src/service'), { recursive: true });
  for (const name of ['package.json', 'biome.json']) cpSync(join(ROOT, name), join(root, name));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
});

afterAll(() => rmSync(root, { recursive: true }));

it('is written, once, and what remains is said', () => {
  const said = execFileSync(process.execPath, [SCRIPT, ...ARGS, '--root', root], {
    encoding: 'utf8',
  });
  expect(said).toContain('models/demo.json');
  expect(said).toContain('npm install -D -E @aws-sdk/client-sts');
  expect(said).toContain('line(DEMO)');
  const again = spawnSync(process.execPath, [SCRIPT, ...ARGS, '--root', root], {
    encoding: 'utf8',
  });
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);
  const odd = spawnSync(process.execPath, [SCRIPT, '../demo', '--root', root], {
    encoding: 'utf8',
  });
  expect([odd.status, odd.stderr]).toEqual([2, expect.stringContaining('usage')]);
});

it('has types that hold', { timeout: 120_000 }, () => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const files = FILES.map((name) => join(root, 'src/service/demo', name));
  const program = ts.createProgram(files, { ...options, preserveSymlinks: true });
  const diagnostics = files.flatMap((file) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  const texts = diagnostics.map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, ' '),
  );
  expect(texts).toEqual([]);
});

it('opens in a house', async () => {
  const path = join(root, 'src/service/demo/service.ts');
  const { DEMO } = (await import(path)) as typeof import('../src/service/sts/service.ts') & {
    DEMO: { id: string; open(house: Partial<House>): Promise<object> };
  };
  expect(DEMO.id).toBe('demo');
  expect(await DEMO.open({})).toEqual({ handlers: {} });
});

it('keeps to the house rules', () => {
  for (const name of FILES.filter((name) => !name.endsWith('.test.ts'))) {
    const text = readFileSync(join(root, 'src/service/demo', name), 'utf8');
    expect(text.startsWith('/** ')).toBe(true);
  }
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const checked = spawnSync(process.execPath, [biome, 'check', 'src/service/demo'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(checked.stderr + checked.stdout).toContain('Checked 5 files');
  expect(checked.status).toBe(0);
});
