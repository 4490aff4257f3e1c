/**
 * `npm run golden`: cuts the golden journals that are not there yet. One that is there is cut again
 * only where it is named: `npm run golden -- --overwrite NAME…`, for one that no release has yet.
 */
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [flag, ...names] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--overwrite' || names.length === 0)) {
  console.error('usage: npm run golden [-- --overwrite NAME…]');
  process.exit(2);
}
const cut = join(import.meta.dirname, '..', 'test/golden/cut.ts');
const { module } = await runnerImport(cut, { configFile: false, logLevel: 'error' });
const written = await module.cutAll(names);
console.log(written.length > 0 ? `cut: ${written.join(', ')}` : 'nothing to cut');
