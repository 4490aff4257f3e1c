/**
 * The console of a Node.js function as Lambda's: one record a call, as text or as JSON, by level. It
 * writes to the standard output at once, so that nothing is lost when the process ends.
 */
import fs from 'node:fs';
import util from 'node:util';
import { describe, stackLines } from './node-errors.mjs';

const env = process.env;

let requestId;

/** Lines from here on are of this invocation. */
export function beginLog(id) {
  requestId = id;
}

const pause = new Int32Array(new SharedArrayBuffer(4));

function writeOut(text) {
  let bytes = Buffer.from(text, 'utf8');
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

/** One record a line; a mark in front says that line feeds in it were replaced. */
function writeRecord(text) {
  writeOut(text.includes('\n') ? `\x1e${text.replaceAll('\n', '\x1f')}\n` : `${text}\n`);
}

const LEVELS = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, FATAL: 5 };
export const asJson = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const levelMin = asJson ? (LEVELS[env.AWS_LAMBDA_LOG_LEVEL] ?? LEVELS.INFO) : LEVELS.TRACE;

/** An error in a JSON line: its own members, and what makes it an error. */
const asObject = (error) => ({ ...error, ...describe(error), stackTrace: stackLines(error) });

export function log(level, args) {
  if (LEVELS[level] < levelMin) return;
  const timestamp = new Date().toISOString();
  if (!asJson) {
    writeRecord(`${timestamp}\t${requestId}\t${level}\t${util.format(...args)}`);
    return;
  }
  const record = { timestamp, level, requestId };
  record.message = args.length === 1 ? args[0] : util.format(...args);
  const error = args.length > 1 && args.find((arg) => arg instanceof Error);
  if (error) Object.assign(record, asObject(error));
  let text;
  try {
    text = JSON.stringify(record, (_, value) => (value instanceof Error ? asObject(value) : value));
  } catch {
    text = JSON.stringify({ ...record, message: util.format(...args) });
  }
  writeRecord(text);
}

console.log = (...args) => log('INFO', args);
console.info = console.log;
console.debug = (...args) => log('DEBUG', args);
console.warn = (...args) => log('WARN', args);
console.error = (...args) => log('ERROR', args);
console.fatal = (...args) => log('FATAL', args);
console.trace = (...args) => {
  const stack = new Error().stack.split('\n').slice(2).join('\n');
  log('TRACE', [`${util.format(...args)}\n${stack}`]);
};
