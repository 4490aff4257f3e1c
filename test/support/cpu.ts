/**
 * Processor time as a ratio: how many times that of a yardstick a work takes, each at its best of
 * several runs in turns. A slow or busy machine slows both; an absolute time says nothing there.
 */
type Work = () => unknown;

const bestOf = new WeakMap<Work, number>();

/** The best ratio of some rounds, of which there are no more when it is below `enough`. */
export async function cpuRatio(
  work: Work,
  yardstick: Work,
  { enough = 0, rounds = 5 } = {},
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    // What one yardstick takes is known from its last use, until a ratio is doubtful.
    if (round > 0 || !bestOf.has(yardstick)) {
      bestOf.set(yardstick, Math.min(bestOf.get(yardstick) ?? best, await cpuMs(yardstick)));
    }
    best = Math.min(best, await cpuMs(work));
    if (best / bestOf.get(yardstick)! < enough) break;
  }
  return best / bestOf.get(yardstick)!;
}

/** Of this process, with all its threads. */
async function cpuMs(work: Work): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
