/** Real servers for tests: the built command in a process of its own, on free ports. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startCommand } from './command.ts';

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly data: string;
  /** Client settings for every AWS SDK client. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly disableHostPrefix: true;
    readonly maxAttempts: number;
  };
  /** kill -9; the data folder stays. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'steplight-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startServer(data: string, args: readonly string[] = []): Promise<TestServer> {
  const base = ['start', '--port', '0', '--xray-port', '0', '--data', data];
  const child = startCommand([...base, '--log-level', 'error', ...args]);
  const url = await readyUrl(child);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid!,
    data,
    client: {
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
      disableHostPrefix: true,
      maxAttempts: 1,
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      if (process.env.STEPLIGHT_TEST_LOG) process.stderr.write(chunk);
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /ready on (http:\/\/\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`exit code ${code}: ${errors}`)));
  });
}

/** Polls until `probe` answers something other than undefined; throws with `what` after a while. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  timeoutMs = 120_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * How long a request waited for its answer meanwhile, at most, in pieces of work that this process
 * does between the requests: on a slow or busy machine both take longer.
 */
export async function slowestAnswer(
  server: TestServer,
  meanwhile: Promise<unknown>,
): Promise<number> {
  let over = false;
  const done = meanwhile.finally(() => {
    over = true;
  });
  let slowest = 0;
  for (let warm = 0; warm < 5; warm++) pieceOfWorkMs();
  let piece = pieceOfWorkMs();
  while (!over) {
    const before = performance.now();
    await fetch(`${server.url}/_steplight/health`).then((response) => response.text());
    slowest = Math.max(slowest, performance.now() - before);
    piece = Math.max(piece, pieceOfWorkMs());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await done;
  return slowest / piece;
}

const PIECE = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ i })));

/** A few milliseconds. */
function pieceOfWorkMs(): number {
  const before = performance.now();
  JSON.parse(PIECE);
  return performance.now() - before;
}
