import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { envLines } from './env.ts';

it('prints lines that a shell takes', () => {
  const text = envLines(['--endpoint', 'http://127.0.0.1:9000', '--region', 'eu-west-1']);
  const script = `${text}\necho "$AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
    'http://127.0.0.1:9000 eu-west-1 000000000000\n',
  );
  expect(text).toContain('AWS_DISABLE_HOST_PREFIX_INJECTION=true');
});

it('prints the lines of a hosts file', () => {
  expect(envLines(['--hosts'])).toBe('127.0.0.1 steplight.local sync-steplight.local\n');
  expect(envLines(['--hosts', '--endpoint', 'http://[::1]:4566'])).toBe(
    '::1 steplight.local sync-steplight.local\n',
  );
});

it.each([
  [['--endpoint', 'http://x; rm -rf /'], '--endpoint must be a URL'],
  [['--endpoint', 'nowhere'], '--endpoint must be a URL'],
  [['--account', '1'], '--account must be 12 digits'],
  [['--region', 'a b'], '--region is no region'],
  [['--hosts', '--endpoint', 'http://server:1'], '--hosts needs an --endpoint with an address'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('refuses %j', (args, message) => expect(() => envLines(args)).toThrow(message));
