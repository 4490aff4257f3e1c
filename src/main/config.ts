/**
 * Every setting of the server in one table: flag, environment variable, kind, default and meaning.
 * `--help`, the README's table and the parser are made from it, so they cannot disagree.
 */
import type { Limits } from '../execution/limits.ts';
import { readLimits } from './limits.ts';
import { parseSize } from './size.ts';

export type SettingKind = 'text' | 'number' | 'flag' | 'choice' | 'list' | 'size' | 'limits';

export interface Setting {
  /** Flag without the dashes; the environment variable is STEPLIGHT_ plus it in capitals. */
  readonly name: string;
  readonly kind: SettingKind;
  readonly fallback: string | number | boolean;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly meaning: string;
  readonly placeholder?: string;
  /** Another environment variable that is looked at, after the setting's own. */
  readonly alsoEnv?: string;
}

export const SETTINGS = [
  {
    name: 'port',
    kind: 'number',
    fallback: 4566,
    min: 0,
    max: 65535,
    meaning: 'TCP port of the AWS endpoint and the console; 0 takes a free one',
  },
  {
    name: 'host',
    kind: 'text',
    fallback: '127.0.0.1',
    meaning: 'address to listen on; another than loopback opens the server to the network',
  },
  {
    name: 'data',
    kind: 'text',
    fallback: './.steplight',
    placeholder: 'DIR',
    meaning: 'data folder; one server at a time',
  },
  {
    name: 'ephemeral',
    kind: 'flag',
    fallback: false,
    meaning: 'keep everything in memory; nothing survives the process',
  },
  {
    name: 'xray-port',
    kind: 'number',
    fallback: 2000,
    min: 0,
    max: 65535,
    meaning: 'UDP and TCP port of the X-Ray daemon; 0 takes a free one',
  },
  {
    name: 'region',
    kind: 'text',
    fallback: 'us-east-1',
    meaning: 'region of calls whose credential scope names none',
  },
  {
    name: 'account',
    kind: 'text',
    fallback: '000000000000',
    meaning: 'account of calls whose access key id is not 12 digits',
  },
  {
    name: 'no-console',
    kind: 'flag',
    fallback: false,
    meaning: 'do not serve the web console',
  },
  {
    name: 'log-level',
    kind: 'choice',
    fallback: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    meaning: 'what the server writes about itself to standard error',
  },
  {
    name: 'sampling',
    kind: 'choice',
    fallback: 'all',
    choices: ['all', 'aws'],
    meaning: 'traces of what runs here: all that has tracing on, or by the sampling rules',
  },
  {
    name: 'tracing',
    kind: 'choice',
    fallback: 'configured',
    choices: ['configured', 'all'],
    meaning: 'which machines and functions have tracing on: as configured, or all of them',
  },
  {
    name: 'allow-unsigned',
    kind: 'flag',
    fallback: false,
    meaning: 'accept AWS calls without a signature',
  },
  {
    name: 'allowed-hosts',
    kind: 'list',
    fallback: '',
    placeholder: 'NAME,…',
    meaning: 'further names in the Host header that may open the console',
  },
  {
    name: 'on-lost-task',
    kind: 'choice',
    fallback: 'fail',
    choices: ['fail', 'redeliver'],
    meaning: 'a task in flight when the server died: fail its attempt visibly, or run it again',
  },
  {
    name: 'max-sandboxes',
    kind: 'number',
    fallback: 64,
    min: 1,
    max: 10000,
    meaning: 'function processes at the same time',
  },
  {
    name: 'retention',
    kind: 'number',
    fallback: 90,
    min: 0,
    max: 36500,
    placeholder: 'DAYS',
    meaning: 'days that closed executions are kept; 0 keeps them for ever',
  },
  {
    name: 'trace-retention',
    kind: 'number',
    fallback: 30,
    min: 0,
    max: 36500,
    placeholder: 'DAYS',
    meaning: 'days that traces are kept; 0 keeps them for ever',
  },
  {
    name: 'max-data',
    kind: 'size',
    fallback: '0',
    placeholder: 'SIZE',
    meaning:
      'size of the data above which the oldest closed executions go, such as 20GB; 0 is no limit',
  },
  {
    name: 'limits',
    kind: 'limits',
    fallback: '',
    placeholder: 'NAME=VALUE,…',
    meaning: 'other limits than those of AWS, such as payload-bytes=1MB,history-events=100000',
  },
  {
    name: 'mock-config',
    kind: 'text',
    fallback: '',
    placeholder: 'FILE',
    alsoEnv: 'SFN_MOCK_CONFIG',
    meaning:
      'mock configuration (SFN_MOCK_CONFIG of Step Functions Local); #TestCase after the ARN of a ' +
      'state machine chooses who answers its tasks',
  },
  {
    name: 'clock',
    kind: 'choice',
    fallback: 'real',
    choices: ['real', 'virtual'],
    meaning:
      'virtual: waits, retries and timeouts of executions pass at once when nothing else runs',
  },
  {
    name: 'stop-timeout',
    kind: 'number',
    fallback: 30,
    min: 0,
    max: 3600,
    placeholder: 'SECONDS',
    meaning: 'how long a stop waits for work in flight',
  },
] as const satisfies readonly Setting[];

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly ephemeral: boolean;
  readonly xrayPort: number;
  readonly region: string;
  readonly account: string;
  readonly console: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly sampling: 'all' | 'aws';
  readonly tracing: 'configured' | 'all';
  readonly allowUnsigned: boolean;
  readonly allowedHosts: readonly string[];
  readonly onLostTask: 'fail' | 'redeliver';
  readonly maxSandboxes: number;
  readonly retentionDays: number;
  readonly traceRetentionDays: number;
  readonly maxDataBytes: number;
  readonly limits: Limits;
  /** Absent: no test cases. */
  readonly mockConfig?: string;
  readonly clock: 'real' | 'virtual';
  readonly stopTimeoutSeconds: number;
}

/** A setting the user gave that cannot be used; the message is the one line to print. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export const envName = (setting: Setting): string =>
  `STEPLIGHT_${setting.name.toUpperCase().replaceAll('-', '_')}`;

/**
 * Flags win over environment variables, those over defaults. Throws ConfigError for unknown flags,
 * values of the wrong kind and values out of range.
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const given = readFlags(args);
  const value = (setting: Setting): Value => {
    const flag = given.get(setting.name);
    if (flag !== undefined) return check(setting, flag, `--${setting.name}`);
    for (const name of [envName(setting), setting.alsoEnv]) {
      const fromEnv = name === undefined ? undefined : env[name];
      if (fromEnv !== undefined && fromEnv !== '') return check(setting, fromEnv, name!);
    }
    if (setting.kind === 'limits') return check(setting, '', setting.name);
    return setting.kind === 'size' ? 0 : setting.fallback;
  };
  const byName = Object.fromEntries(SETTINGS.map((setting) => [setting.name, value(setting)]));
  return toConfig(byName);
}

type Value = string | number | boolean | Limits;

function toConfig(value: Record<string, Value>): Config {
  const account = String(value.account);
  if (!/^\d{12}$/.test(account)) throw new ConfigError(`--account must be 12 digits: ${account}`);
  return {
    port: Number(value.port),
    host: String(value.host),
    data: String(value.data),
    ephemeral: Boolean(value.ephemeral),
    xrayPort: Number(value['xray-port']),
    region: String(value.region),
    account,
    console: !value['no-console'],
    logLevel: value['log-level'] as Config['logLevel'],
    sampling: value.sampling as Config['sampling'],
    tracing: value.tracing as Config['tracing'],
    allowUnsigned: Boolean(value['allow-unsigned']),
    allowedHosts: String(value['allowed-hosts'])
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    onLostTask: value['on-lost-task'] as Config['onLostTask'],
    maxSandboxes: Number(value['max-sandboxes']),
    retentionDays: Number(value.retention),
    traceRetentionDays: Number(value['trace-retention']),
    maxDataBytes: Number(value['max-data']),
    limits: value.limits as Limits,
    ...(value['mock-config'] && { mockConfig: String(value['mock-config']) }),
    clock: value.clock as Config['clock'],
    stopTimeoutSeconds: Number(value['stop-timeout']),
  };
}

/** Lists that are given more than once add up. */
function readFlags(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  const give = ({ name, kind }: Setting, text: string): void => {
    const before = kind === 'list' || kind === 'limits' ? given.get(name) : undefined;
    given.set(name, before === undefined ? text : `${before},${text}`);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('--')) throw new ConfigError(`unexpected argument "${arg}"; see --help`);
    const cut = arg.indexOf('=');
    const name = cut < 0 ? arg.slice(2) : arg.slice(2, cut);
    const setting = SETTINGS.find((candidate) => candidate.name === name);
    if (!setting) throw new ConfigError(`unknown option --${name}; see --help`);
    if (cut >= 0) give(setting, arg.slice(cut + 1));
    else if (setting.kind === 'flag') give(setting, 'true');
    else {
      const next = args[++i];
      if (next === undefined) throw new ConfigError(`--${name} needs a value`);
      give(setting, next);
    }
  }
  return given;
}

function check(setting: Setting, text: string, where: string): Value {
  switch (setting.kind) {
    case 'flag':
      if (/^(true|1|yes|on)$/i.test(text)) return true;
      if (/^(false|0|no|off)$/i.test(text)) return false;
      throw new ConfigError(`${where} must be true or false: ${text}`);
    case 'number':
      return checkNumber(setting, text, where);
    case 'size':
      return checkSize(text, where);
    case 'limits':
      return checkLimits(text, where);
    case 'choice':
      if (setting.choices!.includes(text)) return text;
      throw new ConfigError(`${where} must be one of ${setting.choices!.join(', ')}: ${text}`);
    default:
      if (text === '' && setting.kind === 'text') throw new ConfigError(`${where} is empty`);
      return text;
  }
}

function checkNumber(setting: Setting, text: string, where: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number)) {
    throw new ConfigError(`${where} must be a whole number: ${text}`);
  }
  if (number < setting.min! || number > setting.max!) {
    throw new ConfigError(`${where} must be from ${setting.min} to ${setting.max}: ${text}`);
  }
  return number;
}

function checkSize(text: string, where: string): number {
  const size = parseSize(text);
  if (size !== undefined) return size;
  throw new ConfigError(`${where} must be a size such as 500MB or 20GB: ${text}`);
}

function checkLimits(text: string, where: string): Limits {
  const limits = readLimits(text);
  if ('problem' in limits) throw new ConfigError(`${where} ${limits.problem}`);
  return limits;
}

/** One row per setting: flag with placeholder, environment variable, default, meaning. */
export function settingRows(): readonly (readonly [string, string, string, string])[] {
  return SETTINGS.map((setting: Setting) => [
    setting.kind === 'flag'
      ? `--${setting.name}`
      : `--${setting.name} ${setting.placeholder ?? setting.choices?.join('|') ?? setting.kind.toUpperCase()}`,
    envName(setting),
    setting.fallback === '' || setting.fallback === false ? '' : String(setting.fallback),
    setting.meaning,
  ]);
}
