/**
 * How much memory a sandbox holds: the resident size of its process group. On Linux from /proc, on
 * other systems from one `ps` a second.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const KB_PER_MB = 1024;
const LINUX = process.platform === 'linux';

/** Resident megabytes of one process, or undefined where it is gone (or the system is no Linux). */
export function residentMb(pid: number): number | undefined {
  if (!LINUX) return undefined;
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match ? Number(match[1]) / KB_PER_MB : undefined;
  } catch {
    return undefined;
  }
}

/** Group leader → resident megabytes of the group's other processes, for the groups asked for. */
export async function companionsMb(groups: ReadonlySet<number>): Promise<Map<number, number>> {
  return LINUX ? companionsOfProc(groups) : companionsOfPs(groups);
}

function companionsOfProc(groups: ReadonlySet<number>): Map<number, number> {
  const sums = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || groups.has(pid)) continue;
    const group = groupOf(pid);
    if (group === undefined || !groups.has(group)) continue;
    sums.set(group, (sums.get(group) ?? 0) + (residentMb(pid) ?? 0));
  }
  return sums;
}

function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}

/** Without /proc the leaders are counted here too: `residentMb` answers nothing there. */
function companionsOfPs(groups: ReadonlySet<number>): Promise<Map<number, number>> {
  return new Promise((resolve) => {
    execFile('ps', ['-axo', 'pgid=,rss='], (error, text) => {
      const sums = new Map<number, number>();
      for (const line of error ? [] : text.split('\n')) {
        const [group, kb] = line.trim().split(/\s+/).map(Number);
        if (!groups.has(group!)) continue;
        sums.set(group!, (sums.get(group!) ?? 0) + kb! / KB_PER_MB);
      }
      resolve(sums);
    });
  });
}
