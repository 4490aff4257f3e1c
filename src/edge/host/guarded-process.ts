/** A process in a group of its own that ends with everything it started, and with this server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Output } from './output.ts';
import { killGroup, type ProcessBook } from './process-book.ts';

export interface ProcessPlan {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of its sandbox. */
  readonly logStream: string;
}

/** Called once: with the exit status, or with an error where nothing could be started. */
export type OnGone = (code: number | null, signal: string | null, error?: Error) => void;

/**
 * The shell becomes the command, and a small shell beside it waits on file descriptor 3. When the
 * server dies, however it dies, that pipe ends and the guard kills the whole group. Standard error
 * joins standard output, so that the lines keep their order.
 */
const GUARDED = [
  'ulimit -c 0',
  '(read -r _ <&3; kill -9 0) >/dev/null 2>&1 &',
  'exec "$@" 2>&1 3<&-',
].join('\n');

/** How long output may outlive the process before it is cut. */
const CLOSE_MS_MAX = 200;

export class GuardedProcess {
  readonly pid: number | undefined;
  readonly output: Output | undefined;
  readonly #child: ChildProcess;
  #gone = false;

  constructor(
    plan: ProcessPlan,
    book: ProcessBook,
    onText: (text: string) => void,
    onGone: OnGone,
  ) {
    const child = spawn('/bin/sh', ['-c', GUARDED, 'sandbox', ...plan.command], {
      cwd: plan.cwd,
      env: plan.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.pid = child.pid;
    const gone: OnGone = (...how) => {
      if (this.#gone) return;
      this.#gone = true;
      onGone(...how);
      this.output?.close();
      child.stdio[3]?.destroy();
    };
    child.on('error', (error) => {
      if (child.pid === undefined) gone(null, null, error);
    });
    if (child.pid === undefined) return;
    book.record(child.pid, plan.logStream);
    this.output = new Output(child.stdout!, onText);
    child.stdio[3]!.on('error', () => {});
    child.on('exit', (code, signal) => {
      // The leader is gone: so is everything it started.
      killGroup(child.pid!);
      const late = setTimeout(() => gone(code, signal), CLOSE_MS_MAX);
      child.once('close', () => {
        clearTimeout(late);
        gone(code, signal);
      });
    });
  }

  kill(): void {
    if (this.#child.pid !== undefined && !this.#gone) killGroup(this.#child.pid);
  }
}
