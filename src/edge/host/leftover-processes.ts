/**
 * Processes that have left the group of their sandbox (`setsid`, `detached: true`) and would outlive
 * it. They are known by the name of the sandbox's log stream in the environment they have inherited,
 * which no two sandboxes share. Found on Linux alone; elsewhere they stay.
 */
import { readdirSync, readFileSync } from 'node:fs';

const VARIABLE = 'AWS_LAMBDA_LOG_STREAM_NAME=';
/** What is killed may just have started another one. */
const SWEEPS_MAX = 3;

/** Ends what is left of the sandboxes with these log streams; answers how many processes. */
export function killStrays(logStreams: ReadonlySet<string>): number {
  if (process.platform !== 'linux' || logStreams.size === 0) return 0;
  let killed = 0;
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    const found = processIds().filter((pid) => logStreams.has(logStreamOf(pid) ?? ''));
    if (found.length === 0) break;
    for (const pid of found) if (kill(pid)) killed += 1;
  }
  return killed;
}

function processIds(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid);
}

function logStreamOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((one) => one.startsWith(VARIABLE))?.slice(VARIABLE.length);
  } catch {
    // It is gone, or somebody else's.
    return undefined;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
