/** The built command in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '../../dist/src/main/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** What it reads; nothing where that is left out. */
  readonly stdin?: string;
}

/** Goes on until it ends by itself or is told to. */
export function startCommand(
  args: readonly string[],
  { cwd, stdin = '' }: CommandOptions = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [cli, ...args], { ...(cwd !== undefined && { cwd }) });
  child.stdin.end(stdin);
  return child;
}

/** Runs the command to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<Ended> {
  const child = startCommand(args, options);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      said[name] += chunk.toString();
    });
  }
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, ...said }));
  });
}
