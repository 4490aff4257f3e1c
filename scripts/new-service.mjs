/**
 * `npm run new-service ID`: writes the folder of a new AWS service (its kind, how it is opened, its
 * handlers, faults and a test), and says what remains to be done. docs/adding-a-service.md goes on
 * from there.
 *
 *   npm run new-service -- sqs [--client @aws-sdk/client-sqs] [--root FOLDER]
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { client: { type: 'string' }, root: { type: 'string' } },
});
const [id] = positionals;
if (!id || positionals.length > 1 || !/^[a-z][a-z0-9]*$/.test(id)) {
  console.error('usage: npm run new-service -- ID [--client PACKAGE]');
  console.error('ID is the name of the model of the service: small letters and digits');
  process.exit(2);
}
const root = values.root ?? join(import.meta.dirname, '..');
const client = values.client ?? `@aws-sdk/client-${id}`;
const folder = join(root, 'src/service', id);
if (existsSync(folder)) {
  console.error(`${folder} is there already`);
  process.exit(1);
}

const kind = id.toUpperCase();
const Name = id.slice(0, 1).toUpperCase() + id.slice(1);

const files = {
  'service.ts': `/** ${Name} as a service of the product. */
import type { AwsServiceKind } from '../aws-service.ts';

export const ${kind}: AwsServiceKind = {
  id: '${id}',
  open: async (house) => (await import('./open.ts')).open${Name}(house),
};
`,
  'open.ts': `/** ${Name} in a house: what it stores, does and tells. */
import type { AwsService, House } from '../aws-service.ts';
import { ${id}Handlers } from './handlers.ts';

export async function open${Name}({ resources }: House): Promise<AwsService> {
  return { handlers: ${id}Handlers({ resources }) };
}
`,
  'handlers.ts': `/** The operations of ${Name}. */
import type { ResourceStore } from '../../store/resources/store.ts';
import type { Handlers } from '../../wire/operations.ts';

export type ${Name}Handlers = Handlers<typeof import('${client}')>;

export interface ${Name}Deps {
  readonly resources: ResourceStore;
}

export function ${id}Handlers(_deps: ${Name}Deps): ${Name}Handlers {
  return {};
}
`,
  'faults.ts': `/** Errors of ${Name}, in AWS's codes and wording. */
import { Fault } from '../../ground/fault.ts';

export const notFound = (name: string): Fault =>
  new Fault('ResourceNotFoundException', \`There is no \${name}.\`);
`,
  [`${id}.test.ts`]: `import { expect, it } from 'vitest';
import { modelSource, modelsFolder } from '../../edge/aws-models.ts';
import { MemoryResourceStore } from '../../store/resources/memory.ts';
import { notFound } from './faults.ts';
import { ${id}Handlers } from './handlers.ts';
import { ${kind} } from './service.ts';

const resources = new MemoryResourceStore({ now: () => 0 }, { uuid: () => '1' });
const { operations, shapes } = modelSource(modelsFolder(), ${kind}.id).read();

it('has handlers for operations of its model alone', () => {
  const names = Object.keys(${id}Handlers({ resources }));
  expect(names.filter((name) => !operations[name])).toEqual([]);
});

it('refuses with errors of its model alone', () => {
  expect([notFound('x')].filter(({ code }) => !shapes[code])).toEqual([]);
});
`,
};

mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

console.log(`src/service/${id}/ is there: ${Object.keys(files).join(', ')}. What remains:

  1. models/${id}.json      the model, as models/NOTICE says
  2. npm install -D -E ${client}
  3. src/main/services.ts   line(${kind}), and its import from '../service/${id}/service.ts'

Then npm run check, npm run readme, and docs/adding-a-service.md.`);
