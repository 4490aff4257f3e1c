/**
 * `npm run bench`: every figure three times, the median printed, yardsticks measured in the same run.
 * `npm run bench -- start lambda` runs only the named parts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
if (!existsSync(join(import.meta.dirname, '../../dist/src/main/cli.js'))) {
  console.error('Not built. Run "npm ci" or "npm run build" first.');
  process.exit(1);
}

const PARTS = [
  'boot',
  'store',
  'engine',
  'jsonata',
  'start',
  'long',
  'restart',
  'workflow',
  'lambda',
  'distributed',
  'segments',
  'traces',
];
const RUNS = 3;
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`unknown part ${unknown.join(', ')}; parts are ${PARTS.join(', ')}`);
  process.exit(1);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function print(name, values, unit, floor) {
  const digits = median(values) >= 100 ? 0 : 2;
  const text = values.map((value) => value.toFixed(digits)).join(' ');
  const target = floor ? `  floor ${floor}` : '';
  console.log(
    `${name.padEnd(58)} ${median(values).toFixed(digits).padStart(10)} ${unit.padEnd(14)} [${text}]${target}`,
  );
}

for (const name of PARTS.filter((part) => wanted.length === 0 || wanted.includes(part))) {
  console.log(`\n${name}`);
  const { measure } = await import(`./${name}.mjs`);
  const figures = new Map();
  for (let run = 0; run < RUNS; run++) {
    for (const figure of await measure()) {
      const known = figures.get(figure.name) ?? { ...figure, values: [] };
      known.values.push(figure.value);
      figures.set(figure.name, known);
    }
  }
  for (const { name, values, unit, floor } of figures.values()) print(name, values, unit, floor);
}
