/**
 * `npm test`: the checks, then every test, then one line with the counts.
 * `node scripts/test.mjs check` runs the checks alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (path) => [process.execPath, [join(root, 'node_modules', path)]];
const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

const CHECKS = [
  ['format and lint', ...bin('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings']],
  ['types', ...bin('typescript/bin/tsc'), ['-p', 'tsconfig.json']],
  [
    'types of the console',
    ...bin('typescript/bin/tsc'),
    ['-p', 'console/tsconfig.json', '--noEmit'],
  ],
  ['dead exports', ...bin('knip/bin/knip.js'), ['--no-progress']],
];

const totals = { passed: 0, failed: 0, skipped: 0 };

function runCheck([name, command, base, args]) {
  const started = performance.now();
  const result = spawnSync(command, [...base, ...args], { cwd: root, env, encoding: 'utf8' });
  const ok = result.status === 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? 'ok  ' : 'FAIL'} check: ${name} (${seconds} s)`);
  if (!ok) console.log(`${result.stdout}\n${result.stderr}`);
  totals[ok ? 'passed' : 'failed'] += 1;
}

function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-test-'));
  const report = join(folder, 'report.json');
  const [command, base] = bin('vitest/vitest.mjs');
  const flags = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const result = spawnSync(command, [...base, ...flags, ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  try {
    const summary = JSON.parse(readFileSync(report, 'utf8'));
    totals.passed += summary.numPassedTests;
    totals.failed += summary.numFailedTests;
    totals.skipped += summary.numPendingTests + (summary.numTodoTests ?? 0);
    // A file that cannot even load has no tests to count.
    if (result.status !== 0 && summary.numFailedTests === 0) totals.failed += 1;
  } catch (error) {
    console.log(`no report of the tests: ${error.message}`);
    totals.failed += 1;
  }
  rmSync(folder, { recursive: true, force: true });
}

const [mode, ...rest] = process.argv.slice(2);
for (const check of CHECKS) runCheck(check);
if (mode === 'long') runTests(['--config', 'vitest.long.config.ts', ...rest]);
else if (mode !== 'check') runTests(mode ? [mode, ...rest] : []);
if (totals.skipped) console.log(`${totals.skipped} skipped; why is printed above`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed ? 1 : 0);
