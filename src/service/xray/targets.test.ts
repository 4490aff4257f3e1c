import { describe, expect, it } from 'vitest';
import { Random } from '../../../sim/random.ts';
import { DEFAULT_RULE } from '../../trace/sampling.ts';
import type { StoredRule } from './rules.ts';
import { SamplingTargets } from './targets.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' };

/** Answers of each round; a client asks in the order of its place in `demands`. */
function rounds(size: number, demands: readonly number[], count: number): number[][] {
  const targets = new SamplingTargets();
  const rule = { ...DEFAULT_RULE, reservoirSize: size };
  const stored = { rule } as StoredRule;
  return Array.from({ length: count }, (_, round) =>
    demands.map((requests, client) => {
      const report = {
        ruleName: rule.name,
        clientId: `client-${demands.length - client}`,
        requests,
        sampled: 0,
        borrowed: 0,
      };
      return targets.report(PLACE, stored, report, round * 10_000 + client).quota;
    }),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('the quotas that clients hold', () => {
  it('are the whole reservoir for equally busy clients', () => {
    expect(rounds(1, [100, 100], 3)).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    expect(rounds(1, [100, 100, 100, 100, 100], 3).map(sum)).toEqual([1, 1, 1]);
    expect(rounds(10, [10, 30], 3).at(-1)).toEqual([2, 8]);
  });

  it('add up to the reservoir for any demands, and are never more at any time', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`quotas: seed ${seed}`);
    const chances = new Random(seed, 'quotas');
    const random = (end: number): number => chances.below(end);
    for (let run = 0; run < 300; run++) {
      const demands = Array.from({ length: 1 + random(6) }, () => random(3) * random(500));
      const size = random(20);
      const answers = rounds(size, demands, 4);
      const held = demands.map(() => 0);
      for (const round of answers) {
        round.forEach((quota, client) => {
          held[client] = quota;
          expect(sum(held), JSON.stringify({ size, demands })).toBeLessThanOrEqual(size);
        });
      }
      expect(sum(answers.at(-1)!), JSON.stringify({ size, demands })).toBe(size);
    }
  });
});
