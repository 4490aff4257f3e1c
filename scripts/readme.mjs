/** `npm run readme`: makes the generated parts of README.md anew from the built program. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = (name) => import(join(root, 'dist/src/main', `${name}.js`));
const { compose } = await dist('compose');
const { readConfig } = await dist('config');
const { renewReadme } = await dist('readme');

const server = await compose(
  readConfig(['--ephemeral', '--port', '0', '--xray-port', '0'], {}),
  '0',
);
const path = join(root, 'README.md');
writeFileSync(path, renewReadme(readFileSync(path, 'utf8'), server.coverage));
await server.stop();
console.log('README.md is up to date');
