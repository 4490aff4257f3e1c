/**
 * Runs the recorded conformance cases against a server, where they, python3 and boto3 are present.
 * The folder is named by STEPLIGHT_CORPUS, or lies beside the repository.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startServer, temporaryFolder } from './server.ts';

const folder = process.env.STEPLIGHT_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus');

/** Why the cases cannot run here, or undefined. */
function corpusMissing(): string | undefined {
  if (!existsSync(join(folder, 'data/cases.jsonl')))
    return 'no recorded cases beside the repository';
  const python = spawnSync('python3', ['-c', 'import boto3']);
  return python.status === 0 ? undefined : 'python3 with boto3 is not installed';
}

interface CategoryResult {
  /** Cases that were run and had no verdict of "skipped". */
  ran: number;
  /** Exact or equal but for noise. */
  passed: number;
  readonly failed: string[];
}

/** Declares the test that at least so many cases of each category pass. */
export function answersAsRecorded(given: {
  readonly passed: Readonly<Record<string, number>>;
  /** What a case may take at most; 0 is as long as its recording allows. */
  readonly limitSeconds: number;
}): void {
  const missing = corpusMissing();
  if (missing) console.log(`skipped: ${missing}`);
  const check = async () => {
    const folder = temporaryFolder();
    const server = await startServer(join(folder.path, 'data'));
    try {
      const report = join(folder.path, 'report.json');
      const categories = await runCorpus(server.url, report, given.limitSeconds);
      const fewer: string[] = [];
      for (const [category, passed] of Object.entries(given.passed)) {
        const now = categories.get(category);
        if ((now?.passed ?? 0) >= passed) continue;
        fewer.push(`${category}: ${now?.passed ?? 0} of ${passed}`, ...(now?.failed ?? []));
      }
      expect(fewer).toEqual([]);
    } finally {
      await server.stop();
      folder.remove();
    }
  };
  it.skipIf(missing !== undefined)('answers as AWS was recorded to answer', check, 600_000);
}

/** `limitSeconds`: cases are given up after that; 0 is never. Services the server has: Lambda and Logs. */
async function runCorpus(
  url: string,
  report: string,
  limitSeconds: number,
): Promise<Map<string, CategoryResult>> {
  const child = spawn(
    'python3',
    [
      ...[join(folder, 'tools/run_corpus.py'), '--endpoint', url],
      ...['--services', 'lambda,logs', '--limit', String(limitSeconds)],
      ...['--workers', '8', '--json', report, join(folder, 'data/cases.jsonl')],
    ],
    { stdio: 'ignore' },
  );
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the runner ended with exit code ${code}`);
  const { results } = JSON.parse(readFileSync(report, 'utf8')) as {
    results: { id: string; category: string; verdict: string }[];
  };
  const categories = new Map<string, CategoryResult>();
  for (const { id, category, verdict } of results) {
    if (verdict === 'skipped') continue;
    const entry = categories.get(category) ?? { ran: 0, passed: 0, failed: [] };
    categories.set(category, entry);
    entry.ran += 1;
    if (verdict === 'exact' || verdict === 'pass') entry.passed += 1;
    else entry.failed.push(`${id} ${verdict}`);
  }
  return categories;
}
