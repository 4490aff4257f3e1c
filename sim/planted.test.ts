/**
 * Planted defects, to see that somebody notices: between the service and its stores, and in the
 * code itself. Each must be found by one of the seeds that `npm test` runs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { PLANTS } from './plants.ts';
import { runSeed, SEEDS } from './seeds.ts';

/** Where each is found today; they are looked for there first. */
const FOUND_AT: Readonly<Record<string, number>> = {};

/** A place in the code, once in its file, and what stands there instead. */
interface Mistake {
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'the state is kept after a conflict': {
    file: 'src/service/engine/mailbox.ts',
    right: `    this.#deps.tasks.giveBack(plan.run.length);
    cell.loaded = undefined;
    cell.mail = [...heardOf(turn), ...cell.mail];`,
    wrong: `    this.#deps.tasks.giveBack(plan.run.length);
    cell.mail = [...heardOf(turn), ...cell.mail];`,
  },
  'the mailbox answers before the commit': {
    file: 'src/service/engine/mailbox.ts',
    right: '    writing.then(\n',
    wrong: '    answer(turn);\n    writing.then(\n',
  },
  'what a decision has thrown on is forgotten': {
    file: 'src/service/engine/mailbox.ts',
    right: `    cell.loaded = undefined;
    cell.mail = [...heard, ...cell.mail];
    cell.urgent = true;
    cell.defects++;`,
    wrong: '    cell.loaded = undefined;\n    cell.urgent = cell.mail.length > 0;',
  },
  'a settled row is not removed': {
    file: 'src/service/engine/plan.ts',
    right: '    if (row.stored) {\n',
    wrong: "    if (row.stored && row.kind !== 'task') {\n",
  },
  'tasks of nodes that live are taken for lost': {
    file: 'src/service/engine/work.ts',
    right: 'const live = [this.#deps.epoch, ...(await this.#others())];',
    wrong: 'const live = [this.#deps.epoch];',
  },
  'a Map Run is given up where another node has changed it': {
    file: 'src/service/engine/mapruns/run.ts',
    right: '    if (seen) this.#goOnFrom(seen);\n',
    wrong: '    if (seen) this.#lost();\n',
  },
  'a node remembers what others change': {
    file: 'src/service/states/catalog.ts',
    right: 'return this.#shared || before !== this.#forgotten;',
    wrong: 'return before !== this.#forgotten;',
  },
};

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs seeds by code in which the mistake is made. */
async function mistaken({ file, right, wrong }: Mistake): Promise<typeof runSeed> {
  const outDir = mkdtempSync(join(root, 'node_modules/.planted-'));
  let places = 0;
  const transform = (code: string, id: string): string | undefined => {
    if (!id.endsWith(file)) return undefined;
    const parts = code.split(right);
    places += parts.length - 1;
    return parts.join(wrong);
  };
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'silent',
      build: { ssr: 'sim/seeds.ts', outDir, minify: false },
      plugins: [{ name: 'planted', enforce: 'pre', transform }],
    });
    expect(places).toBe(1);
    const built = (await import(join(outDir, 'seeds.js'))) as { runSeed: typeof runSeed };
    return built.runSeed;
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

/** The first of the seeds that finds it; 0 where none does. */
async function seedThatFinds(
  name: string,
  problemsOf: (seed: number) => Promise<readonly string[]>,
): Promise<number> {
  const first = SEEDS.filter((seed) => seed === FOUND_AT[name]);
  for (const seed of [...first, ...SEEDS]) if ((await problemsOf(seed)).length > 0) return seed;
  return 0;
}

for (const [area, defects] of Object.entries(PLANTS)) {
  for (const [name, plant] of Object.entries(defects)) {
    test(`${area}: ${name}`, async () => {
      const found = await seedThatFinds(
        name,
        async (seed) => (await runSeed(seed, plant)).problems,
      );
      expect(found).toBeGreaterThan(0);
    }, 300_000);
  }
}

for (const [name, mistake] of Object.entries(MISTAKES)) {
  test(`in the code: ${name}`, async () => {
    const run = await mistaken(mistake);
    const found = await seedThatFinds(name, async (seed) => (await run(seed)).problems);
    expect(found).toBeGreaterThan(0);
  }, 300_000);
}

test('is looked for first where it is found', () => {
  const names = [...Object.values(PLANTS).flatMap(Object.keys), ...Object.keys(MISTAKES)];
  for (const name of Object.keys(FOUND_AT)) expect(names).toContain(name);
  for (const seed of Object.values(FOUND_AT)) expect(SEEDS).toContain(seed);
});
