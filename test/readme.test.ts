import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compose } from '../src/main/compose.ts';
import { readConfig } from '../src/main/config.ts';
import { renewReadme } from '../src/main/readme.ts';

it('says what the program is: settings and coverage (npm run readme)', async () => {
  const config = readConfig(['--ephemeral', '--port', '0', '--xray-port', '0'], {});
  const server = await compose(config, '0');
  const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  try {
    expect(renewReadme(text, server.coverage)).toBe(text);
    expect(server.coverage.filter((row) => row.implemented).length).toBeGreaterThan(80);
  } finally {
    await server.stop();
  }
});
