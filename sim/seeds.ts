/** One seed: what it runs, with crashes and without, and whether both tell the same story. */
import { comparable, isComparable } from './check.ts';
import type { Stores } from './process.ts';
import { Random } from './random.ts';
import type { Options } from './server.ts';
import { type Report, simulate } from './world.ts';

/** What `npm test` runs. Chosen so that they find every planted defect (planted.test.ts). */
export const SEEDS: readonly number[] = [
  2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
  28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
  52, 53, 54, 55, 56, 57, 58, 59, 60, 94,
];

/** Characters around the first difference. */
const SHOWN = 600;

export interface SeedReport extends Omit<Report, 'histories' | 'late'> {
  readonly seed: number;
}

export async function runSeed(
  seed: number,
  plant?: (stores: Stores) => Stores,
): Promise<SeedReport> {
  const random = new Random(seed, 'options');
  const wild = random.chance(0.6);
  const crashes = random.pick([0.02, 0.1, 0.3]);
  const nodes = random.pick([1, 2, 2, 3]);
  const options: Options = {
    seed,
    crashes,
    nodes,
    longWaits: nodes === 1,
    redeliver: !wild,
    wild,
    smallMemory: random.chance(0.3),
    ...(plant && { plant }),
  };
  const stormy = await simulate(options);
  const problems = [...stormy.problems];
  const { marks } = stormy;
  let { events, commits, days } = stormy;
  if (!wild && problems.length === 0) {
    const calm = await simulate({ ...options, crashes: 0, nodes: 1, smallMemory: false });
    problems.push(...calm.problems.map((problem) => `without crashes: ${problem}`));
    if (!stormy.late) problems.push(...differences(calm, stormy));
    marks.add(calm.marks);
    events += calm.events;
    commits += calm.commits;
    days += calm.days;
  }
  return { seed, problems, crashes: stormy.crashes, commits, events, days, marks };
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
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at++;
    const from = Math.max(0, at - SHOWN);
    const [calmly, stormily] = [a, b].map((text) => text.slice(from, at + SHOWN));
    const where = `${name} went another way without crashes, after ${at} characters`;
    found.push(`${where}:\n    ${stormily}\n    ${calmly}`);
  }
  return found;
}
