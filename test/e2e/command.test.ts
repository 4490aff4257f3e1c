import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/command.ts';
import { startServer, temporaryFolder } from '../support/server.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const data = (name: string): string => join(folder.path, name);

describe('the command', () => {
  it('explains itself', async () => {
    const { code, stdout } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const flag of ['--port', '--data', '--xray-port', '--sampling', '--retention']) {
      expect(stdout).toContain(flag);
    }
    expect((await runCommand(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['start', '--prot', '1'], 'unknown option --prot'],
    [['start', '--port', 'many'], '--port must be a whole number'],
    [['strat'], 'unknown command "strat"'],
  ])('refuses %j with one line', async (args, text) => {
    const { code, stderr } = await runCommand(args);
    expect(code).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(text);
  });

  it('refuses a busy port, a second server on its folder and a folder that is none', async () => {
    const server = await startServer(data('first'));
    const free = ['--xray-port', '0'];
    const busy = await runCommand([
      'start',
      '--port',
      `${server.port}`,
      ...free,
      '--data',
      data('b'),
    ]);
    expect(busy.stderr).toBe(
      `steplight: port ${server.port} is in use; stop what listens there or choose another with --port\n`,
    );
    const second = await runCommand(['start', '--port', '0', ...free, '--data', data('first')]);
    expect(second.stderr).toContain('already in use by another server');
    mkdirSync(data('x'));
    writeFileSync(data('x/file'), '');
    const file = await runCommand(['start', '--port', '0', ...free, '--data', data('x/file')]);
    expect(file.stderr.trim().split('\n')).toHaveLength(1);
    expect([busy.code, second.code, file.code]).toEqual([1, 1, 1]);
    const health = await (await fetch(`${server.url}/_steplight/health`)).json();
    expect(health).toMatchObject({ status: 'ok', services: { states: { state: 'running' } } });
    expect(await server.stop()).toBe(0);
  });
});
