/**
 * Which process groups a server has started, kept in its data folder, so that the next one can end
 * what a killed server has left. A group is ended only where pid and start time are those recorded:
 * pids are used again. What has left its group is known by its sandbox's log stream. Written on Linux
 * alone; elsewhere the guard in each sandbox must do.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killStrays } from './leftover-processes.ts';

export class ProcessBook {
  readonly #dir: string;
  readonly #page: string;

  constructor(dir: string) {
    this.#dir = dir;
    this.#page = join(dir, `${Date.now()}-${process.pid}.txt`);
    mkdirSync(dir, { recursive: true });
  }

  /** Where the disk is full the process runs all the same: its guard still ends it. */
  record(pid: number, logStream: string): void {
    const started = startTimeOf(pid);
    if (started === undefined) return;
    try {
      appendFileSync(this.#page, `${pid} ${started} ${logStream}\n`);
    } catch {
      // One that nobody can write down is no reason to run nothing.
    }
  }

  /** Ends what earlier servers recorded and have left, and forgets it; answers how much there was. */
  killLeftovers(): number {
    let killed = 0;
    const logStreams = new Set<string>();
    for (const name of readdirSync(this.#dir)) {
      const page = join(this.#dir, name);
      if (!name.endsWith('.txt') || page === this.#page) continue;
      for (const line of readFileSync(page, 'utf8').split('\n')) {
        const [pid, started, logStream] = line.split(' ');
        if (logStream) logStreams.add(logStream);
        if (!started || startTimeOf(Number(pid)) !== started) continue;
        if (killGroup(Number(pid))) killed += 1;
      }
      rmSync(page, { force: true });
    }
    return killed + killStrays(logStreams);
  }

  /** After a clean stop nothing is left to be found. */
  close(): void {
    rmSync(this.#page, { force: true });
  }
}

/** SIGKILL to a whole process group; false where there is none. */
export function killGroup(leader: number): boolean {
  try {
    process.kill(-leader, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** The kernel's start time in ticks since boot: field 22 of /proc/<pid>/stat. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
