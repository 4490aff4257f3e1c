import { describe, expect, it } from 'vitest';
import { AWS_LIMITS } from '../execution/limits.ts';
import { ConfigError, readConfig, SETTINGS, settingRows } from './config.ts';

describe('readConfig', () => {
  it('has the documented defaults', () => {
    const config = readConfig([], {});
    expect(config).toMatchObject({
      port: 4566,
      host: '127.0.0.1',
      xrayPort: 2000,
      data: './.steplight',
      region: 'us-east-1',
      account: '000000000000',
      console: true,
      sampling: 'all',
      retentionDays: 90,
      maxDataBytes: 0,
    });
  });

  it('prefers a flag to the environment and the environment to the default', () => {
    const env = { STEPLIGHT_PORT: '5000', STEPLIGHT_XRAY_PORT: '2001' };
    const config = readConfig(['--port', '6000', '--ephemeral', '--max-data=1.5GB'], env);
    expect(config.port).toBe(6000);
    expect(config.xrayPort).toBe(2001);
    expect(config.ephemeral).toBe(true);
    expect(config.maxDataBytes).toBe(1.5 * 2 ** 30);
  });

  it('takes the mock configuration from the variable of Step Functions Local too', () => {
    expect(readConfig([], {})).not.toHaveProperty('mockConfig');
    expect(readConfig([], { SFN_MOCK_CONFIG: 'a' }).mockConfig).toBe('a');
    const both = { SFN_MOCK_CONFIG: 'a', STEPLIGHT_MOCK_CONFIG: 'b' };
    expect(readConfig([], both).mockConfig).toBe('b');
    expect(readConfig(['--clock', 'virtual'], {}).clock).toBe('virtual');
  });

  it("has AWS's limits unless others are given; lists add up, in words or as sizes", () => {
    expect(readConfig([], {}).limits).toEqual(AWS_LIMITS);
    const env = { STEPLIGHT_LIMITS: 'payload-bytes=1MB, open-executions=5' };
    expect(readConfig([], env).limits).toEqual({
      ...AWS_LIMITS,
      payloadBytes: 2 ** 20,
      openExecutions: 5,
    });
    const args = ['--limits', 'history-events=50000', '--limits=tags=9,versions=2'];
    expect(readConfig(args, env).limits).toEqual({
      ...AWS_LIMITS,
      historyEvents: 50_000,
      tags: 9,
      versions: 2,
    });
  });

  it.each([
    [['--limits', 'payload=1'], '--limits knows no limit "payload"; there are payload-bytes, '],
    [['--limits', 'tags'], '--limits needs a whole number from 1 to 10000 for tags: tags'],
    [['--limits', 'tags=1MB'], '--limits needs a whole number from 1 to 10000 for tags: tags=1MB'],
    [['--limits', 'tags=1=2'], 'for tags: tags=1=2'],
    [['--limits', 'payload-bytes=1GB'], 'needs a size from 1024 to 33554432 for payload-bytes'],
    [['--prot', '1'], 'unknown option --prot'],
    [['--port'], '--port needs a value'],
    [['--port', 'x'], '--port must be a whole number: x'],
    [['--port', '70000'], '--port must be from 0 to 65535'],
    [['--sampling', 'some'], '--sampling must be one of all, aws: some'],
    [['--account', '12'], '--account must be 12 digits'],
    [['--max-data', 'lots'], 'such as 500MB'],
    [['surprise'], 'unexpected argument "surprise"'],
  ])('refuses %j in one line', (args, text) => {
    expect(() => readConfig(args, {})).toThrow(ConfigError);
    expect(() => readConfig(args, {})).toThrow(text);
  });

  it('lists every setting once', () => {
    expect(settingRows()).toHaveLength(SETTINGS.length);
    expect(settingRows().find(([flag]) => flag === '--sampling all|aws')).toBeDefined();
  });
});
