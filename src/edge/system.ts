/** The real clock, chance and digests of this machine, and the logger that writes to standard error. */
import { createHash, randomUUID } from 'node:crypto';
import zlib from 'node:zlib';
import type { LogFields, Logger } from '../ground/log.ts';
import type { Clock, DigestAlgorithm, Tools } from '../ground/tools.ts';
import type { Digests } from '../wire/stream/checksums.ts';

/** After a sleep or a step of the clock, what is due is woken within a second. */
const LOOK_AGAIN_MS = 1_000;

const HASH: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

export const systemClock: Clock = {
  now: Date.now,
  wake(at, wake) {
    let timer: NodeJS.Timeout;
    // A timer counts only the time that the machine is awake, so the clock is looked at again.
    const arm = (): void => {
      const wait = Math.min(Math.max(0, at - Date.now()), LOOK_AGAIN_MS);
      timer = setTimeout(() => (Date.now() < at ? arm() : wake()), wait);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

export const systemTools: Tools = {
  now: () => systemClock.now(),
  random: Math.random,
  uuid: () => randomUUID(),
  digest: (algorithm, text) => createHash(HASH[algorithm]).update(text).digest('hex'),
};

/** CRC-32 is in Node from 20.15 on. */
export const systemDigests: Digests = {
  hash: (algorithm) => createHash(HASH[algorithm]),
  crc32: zlib.crc32 as Digests['crc32'],
};

/** Resolves when everything else that is due has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** One line per message: time, level, text, fields as JSON. */
export function stderrLogger(level: LogLevel): Logger {
  const from = LEVELS.indexOf(level);
  const at =
    (name: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      if (LEVELS.indexOf(name) < from) return;
      const time = new Date().toISOString();
      const more = fields ? ` ${JSON.stringify(fields, printError)}` : '';
      process.stderr.write(`${time} ${name.padEnd(5)} ${message}${more}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function printError(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
