/** One seed: what it runs, with crashes and without, and whether both tell the same story. */
import { comparable, isComparable } from './check.ts';
import type { Stores } from './process.ts';
import { Random } from './random.ts';
import type { Options } from './server.ts';
import { type Report, simulate } from './world.ts';

export interface SeedReport extends Omit<Report, 'histories' | 'late'> {
  readonly seed: number;
}

export async function runSeed(
  seed: number,
  plant?: (stores: Stores) => Stores,
): Promise<SeedReport> {
  const random = new Random(seed, 'options');
  const wild = random.chance(0.6);
  const options: Options = {
    seed,
    crashes: random.pick([0.02, 0.1, 0.3]),
    engines: random.pick([1, 2]),
    redeliver: !wild,
    wild,
    smallMemory: random.chance(0.3),
    ...(plant && { plant }),
  };
  const stormy = await simulate(options);
  const problems = [...stormy.problems];
  let { events, commits, days } = stormy;
  if (!wild && problems.length === 0) {
    const calm = await simulate({ ...options, crashes: 0, engines: 1, smallMemory: false });
    problems.push(...calm.problems.map((problem) => `without crashes: ${problem}`));
    if (!stormy.late) problems.push(...differences(calm, stormy));
    events += calm.events;
    commits += calm.commits;
    days += calm.days;
  }
  return { seed, problems, crashes: stormy.crashes, commits, events, days };
}

function differences(calm: Report, stormy: Report): string[] {
  const found: string[] = [];
  for (const [name, records] of calm.histories) {
    const others = stormy.histories.get(name);
    if (!others) {
      found.push(`${name} exists only without crashes`);
      continue;
    }
    if (!isComparable(records) || !isComparable(others)) continue;
    const [a, b] = [comparable(records), comparable(others)];
    if (a !== b) found.push(`${name} went another way without crashes:\n    ${b}\n    ${a}`);
  }
  return found;
}
