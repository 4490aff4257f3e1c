/**
 * `npm run sim -- --seed N` replays one seed, `--minutes N` runs new ones for that long, `--from N`
 * says where to begin. Prints what was done, and of the first failure all that is needed to see it
 * again. The exit code is 1 where one failed.
 */
import { runSeed, type SeedReport } from './seeds.ts';

const SECONDS = 10;

interface Wanted {
  readonly seed: number | undefined;
  readonly from: number;
  readonly minutes: number;
}

function readArguments(args: readonly string[]): Wanted {
  const value = (name: string): number | undefined => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? undefined : Number(args[at + 1]);
  };
  return {
    seed: value('seed'),
    from: value('from') ?? 1,
    minutes: value('minutes') ?? SECONDS / 60,
  };
}

export interface Totals {
  seeds: number;
  crashes: number;
  commits: number;
  events: number;
  days: number;
}

/** Runs seeds from `from` on until the time is up or one fails. */
export async function runSeeds(
  from: number,
  ms: number,
  now: () => number,
): Promise<{ totals: Totals; failed: SeedReport | undefined }> {
  const totals: Totals = { seeds: 0, crashes: 0, commits: 0, events: 0, days: 0 };
  const end = now() + ms;
  for (let seed = from; now() < end; seed++) {
    const report = await runSeed(seed);
    totals.seeds++;
    for (const key of ['crashes', 'commits', 'events', 'days'] as const) totals[key] += report[key];
    if (report.problems.length > 0) return { totals, failed: report };
  }
  return { totals, failed: undefined };
}

export function printTotals({ seeds, crashes, commits, events, days }: Totals): string {
  const figures = `${commits} commits, ${events} events, ${Math.round(days)} simulated days`;
  return `${seeds} seeds, ${crashes} crashes, ${figures}`;
}

export function printFailure({ seed, problems }: SeedReport): string {
  return `seed ${seed} failed (npm run sim -- --seed ${seed}):\n${problems.join('\n')}`;
}

async function main(): Promise<void> {
  const { seed, from, minutes } = readArguments(process.argv.slice(2));
  if (seed !== undefined) {
    const report = await runSeed(seed);
    console.log(printTotals({ ...report, seeds: 1 }));
    if (report.problems.length > 0) console.error(printFailure(report));
    process.exitCode = report.problems.length > 0 ? 1 : 0;
    return;
  }
  const { totals, failed } = await runSeeds(from, minutes * 60_000, () => Date.now());
  console.log(`${printTotals(totals)}, ${failed ? 1 : 0} violations`);
  if (failed) console.error(printFailure(failed));
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) await main();
