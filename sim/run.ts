/**
 * `npm run sim -- --seed N` replays one seed, `--minutes N` runs new ones for that long, `--from N`
 * says where to begin. Prints what was done, and of the first failure all that is needed to see it
 * again. The exit code is 1 where one failed.
 */
import { Marks } from './marks.ts';
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

export class Totals {
  readonly marks = new Marks();
  #seeds = 0;
  #crashes = 0;
  #commits = 0;
  #events = 0;
  #days = 0;

  add({ crashes, commits, events, days, marks }: SeedReport): void {
    this.#seeds++;
    this.#crashes += crashes;
    this.#commits += commits;
    this.#events += events;
    this.#days += days;
    this.marks.add(marks);
  }

  print(): string {
    const days = `${Math.round(this.#days)} simulated days`;
    const figures = `${this.#commits} commits, ${this.#events} events, ${days}`;
    return `${this.#seeds} seeds, ${this.#crashes} crashes, ${figures}\n${this.marks.print()}`;
  }
}

export function printFailure({ seed, problems }: SeedReport): string {
  return `seed ${seed} failed (npm run sim -- --seed ${seed}):\n${problems.join('\n')}`;
}

async function main(): Promise<void> {
  const { seed, from, minutes } = readArguments(process.argv.slice(2));
  const totals = new Totals();
  const end = Date.now() + minutes * 60_000;
  let failed: SeedReport | undefined;
  for (let next = seed ?? from; ; next++) {
    const report = await runSeed(next);
    totals.add(report);
    if (report.problems.length > 0) failed = report;
    if (failed || seed !== undefined || Date.now() >= end) break;
  }
  console.log(totals.print());
  console.log(`${failed ? 1 : 0} violations`);
  if (failed) console.error(printFailure(failed));
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] === import.meta.filename) await main();
