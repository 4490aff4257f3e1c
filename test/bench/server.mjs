/** A built server in a process of its own, on free ports and a folder that goes with it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const cli = join(import.meta.dirname, '../../dist/src/main/cli.js');

/**
 * Resolves when it is ready: { url, port, pid, data, readyMs, memoryMb(), stop(), kill() }. The folder
 * of one that was killed stays, and may be given to the next.
 */
export async function startServer(args = [], folder = undefined) {
  const data = folder ?? mkdtempSync(join(tmpdir(), 'steplight-bench-'));
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      cli,
      'start',
      '--port',
      '0',
      '--xray-port',
      '0',
      '--data',
      data,
      '--log-level',
      'error',
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.removeListener('exit', orphaned));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /ready on (http:\/\/\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
  });
  const readyMs = performance.now() - started;
  const end = async (signal) => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    data,
    readyMs,
    memoryMb() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
    },
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Settings for an AWS SDK client. */
export const clientOf = (server) => ({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'bench' },
  disableHostPrefix: true,
  maxAttempts: 1,
});
