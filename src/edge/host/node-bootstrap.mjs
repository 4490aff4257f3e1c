/**
 * The loop inside a Node.js function process: loads the handler, asks the Runtime API for events and
 * answers them. It speaks HTTP over a plain socket of its own, so that nothing a function does to
 * `http` (tracing, mocking) touches it, and writes one round trip for an answer and the next event.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';

const env = process.env;
const [apiHost, apiPort] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const RUNTIME = '/2018-06-01/runtime/';
const CAUSE_BYTES_MAX = 60_000;

/* ------------------------------------------------------------------ output */

let requestId;
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
const asJson = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const levelMin = asJson ? (LEVELS[env.AWS_LAMBDA_LOG_LEVEL] ?? LEVELS.INFO) : LEVELS.TRACE;

function log(level, args) {
  if (LEVELS[level] < levelMin) return;
  const timestamp = new Date().toISOString();
  if (!asJson) {
    writeRecord(`${timestamp}\t${requestId}\t${level}\t${util.format(...args)}`);
    return;
  }
  const record = { timestamp, level, requestId };
  const [first] = args;
  if (
    args.length === 1 &&
    typeof first === 'object' &&
    first !== null &&
    !(first instanceof Error)
  ) {
    record.message = first;
  } else {
    record.message = util.format(...args);
    const error = args.find((arg) => arg instanceof Error);
    if (error) Object.assign(record, describe(error), { stackTrace: stackLines(error) });
  }
  let text;
  try {
    text = JSON.stringify(record);
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

/* ------------------------------------------------------------------ errors */

function describe(error) {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: typeof error, errorMessage: String(error) };
}

/** The stack without this file and what is below it. */
function stackLines(error) {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const lines = error.stack.split('\n');
  const own = lines.findIndex((line) => line.includes(import.meta.url));
  return own > 0 ? lines.slice(0, own) : lines;
}

const errorPayload = (error) => ({ ...describe(error), trace: stackLines(error) });

/** What the log shows: the error's own fields too. */
function errorRecord(error) {
  const own = error instanceof Error ? { ...error } : {};
  return { ...describe(error), ...own, stack: stackLines(error) };
}

function printable(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify({ errorType: value.errorType, errorMessage: value.errorMessage });
  }
}

const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.*?):(\d+):\d+\)?$/;

/** The cause document that X-Ray shows with the failed invocation. */
function xrayCause(error) {
  const { errorType, errorMessage } = describe(error);
  const stack = [];
  for (const line of stackLines(error)) {
    const match = FRAME.exec(line);
    if (match)
      stack.push({ path: match[2], line: Number(match[3]), label: match[1] ?? 'anonymous' });
  }
  const cause = (frames) =>
    JSON.stringify({
      working_directory: process.cwd(),
      exceptions: [{ type: errorType, message: errorMessage, stack: frames }],
      paths: [...new Set(frames.map((frame) => frame.path))],
      message: errorMessage,
    });
  // A header carries only ASCII; JSON can say everything in it.
  const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return [stack, stack.slice(0, 20)]
    .map((frames) => cause(frames).replace(/[^\x20-\x7e]/g, escaped))
    .find((text) => text.length <= CAUSE_BYTES_MAX);
}

class RuntimeFault extends Error {
  constructor(name, message, stack) {
    super(message);
    this.name = name;
    if (stack) this.stack = stack;
  }
}

/* ------------------------------------------------------------- Runtime API */

const socket = net.connect({ host: apiHost, port: Number(apiPort), noDelay: true });
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));

const NEXT = `GET ${RUNTIME}invocation/next HTTP/1.1\r\nHost: ${apiHost}\r\n\r\n`;

function post(call, body, headers, andNext) {
  const bytes = Buffer.from(body, 'utf8');
  const head =
    `POST ${RUNTIME}${call} HTTP/1.1\r\nHost: ${apiHost}\r\nContent-Type: application/json\r\n` +
    `${headers}Content-Length: ${bytes.length}\r\n\r\n`;
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(bytes);
  if (andNext) socket.write(NEXT, 'latin1');
  socket.uncork();
}

const errorHeaders = (type, cause) =>
  `Lambda-Runtime-Function-Error-Type: ${type}\r\n` +
  (cause ? `Lambda-Runtime-Function-XRay-Error-Cause: ${cause}\r\n` : '');

let received = [];
let receivedBytes = 0;
let wanted = 0;

socket.on('data', (chunk) => {
  received.push(chunk);
  receivedBytes += chunk.length;
  while (receivedBytes >= wanted && receivedBytes > 0) {
    const bytes = received.length === 1 ? received[0] : Buffer.concat(received);
    const headEnd = bytes.indexOf('\r\n\r\n');
    const head = headEnd < 0 ? undefined : bytes.toString('latin1', 0, headEnd);
    const length = head === undefined ? 0 : Number(/\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + length;
    if (head === undefined || bytes.length < end) {
      received = [bytes];
      wanted = head === undefined ? bytes.length + 1 : end;
      return;
    }
    received = bytes.length > end ? [bytes.subarray(end)] : [];
    receivedBytes = bytes.length - end;
    wanted = 0;
    onAnswer(head, bytes.subarray(headEnd + 4, end));
  }
});

function onAnswer(head, body) {
  const headers = new Map();
  const lines = head.split('\r\n');
  for (let i = 1; i < lines.length; i++) {
    const at = lines[i].indexOf(':');
    headers.set(lines[i].slice(0, at).toLowerCase(), lines[i].slice(at + 2));
  }
  const id = headers.get('lambda-runtime-aws-request-id');
  if (id !== undefined) handle(id, headers, body);
}

/* -------------------------------------------------------------- the handler */

async function loadHandler() {
  const full = env._HANDLER ?? '';
  if (full.includes('..')) {
    const text = `'${full}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new RuntimeFault('Runtime.MalformedHandlerName', text);
  }
  const base = path.basename(full);
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (!match) throw new RuntimeFault('Runtime.MalformedHandlerName', 'Bad handler');
  const root = full.slice(0, full.length - base.length);
  const module = await loadModule(path.resolve(env.LAMBDA_TASK_ROOT, root, match[1]), match[1]);
  let owner;
  let value = module;
  for (const key of match[2].split('.')) {
    owner = value;
    value = value?.[key] ?? (owner === module ? value?.default?.[key] : undefined);
  }
  if (value === undefined || value === null) {
    throw new RuntimeFault('Runtime.HandlerNotFound', `${full} is undefined or not exported`);
  }
  if (typeof value !== 'function') {
    throw new RuntimeFault('Runtime.HandlerNotFound', `${full} is not a function`);
  }
  return value.bind(owner);
}

async function loadModule(file, name) {
  const require = createRequire(path.join(env.LAMBDA_TASK_ROOT, 'index.js'));
  try {
    const found = ['', '.js', '.mjs', '.cjs'].map((end) => file + end).find(isFile);
    if (found?.endsWith('.mjs')) return await import(pathToFileURL(found).href);
    try {
      return require(found ?? resolveFrom(require, file, name));
    } catch (error) {
      if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE')
        throw error;
      return await import(pathToFileURL(found ?? require.resolve(file)).href);
    }
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeFault('Runtime.UserCodeSyntaxError', String(error), error.stack);
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeFault('Runtime.ImportModuleError', String(error), error.stack);
    }
    throw error;
  }
}

function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A folder with an index, or a module of that name; the error names the module as Lambda does. */
function resolveFrom(require, file, name) {
  for (const candidate of [file, name]) {
    try {
      return require.resolve(candidate);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  const error = new Error(`Cannot find module '${name}'\nRequire stack:\n- /var/runtime/index.mjs`);
  error.code = 'MODULE_NOT_FOUND';
  throw error;
}

/* ------------------------------------------------------------- invocations */

let handler;
/** The open invocation: its context and how it is settled. */
let open;
/** What the event loop's end means for the open invocation. */
let onEmptyLoop;

function handle(id, headers, body) {
  requestId = id;
  const traceId = headers.get('lambda-runtime-trace-id');
  if (traceId) env._X_AMZN_TRACE_ID = traceId;
  else delete env._X_AMZN_TRACE_ID;
  // From here only what the handler started keeps the process awake.
  socket.unref();
  const invocation = { id, done: false };
  open = invocation;
  onEmptyLoop = () => succeed(invocation, null);
  try {
    const event = JSON.parse(body.toString('utf8'));
    const context = contextOf(invocation, headers);
    const callback = (error, value) => {
      if (invocation.called) return;
      invocation.called = true;
      const finish = () =>
        error === undefined || error === null
          ? succeed(invocation, value)
          : fail(invocation, error);
      if (!invocation.waits) setImmediate(finish);
      else onEmptyLoop = finish;
    };
    Object.assign(context, {
      succeed: (value) => {
        invocation.waits = false;
        callback(null, value);
      },
      fail: (error) => {
        invocation.waits = false;
        callback(error ?? 'handled');
      },
      done: (error, value) => {
        invocation.waits = false;
        callback(error, value);
      },
    });
    const result = handler(event, context, callback);
    if (typeof result?.then === 'function') {
      result.then(
        (value) => succeed(invocation, value),
        (error) => fail(invocation, error),
      );
    }
  } catch (error) {
    fail(invocation, error);
  }
}

function contextOf(invocation, headers) {
  const deadline = Number(headers.get('lambda-runtime-deadline-ms'));
  const json = (name) => (headers.get(name) ? JSON.parse(headers.get(name)) : undefined);
  invocation.waits = true;
  return {
    get callbackWaitsForEmptyEventLoop() {
      return invocation.waits;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      invocation.waits = Boolean(value);
    },
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: json('lambda-runtime-client-context'),
    identity: json('lambda-runtime-cognito-identity'),
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    awsRequestId: invocation.id,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function settle(invocation) {
  if (invocation.done) return false;
  invocation.done = true;
  open = undefined;
  onEmptyLoop = undefined;
  socket.ref();
  return true;
}

function succeed(invocation, value) {
  let body;
  try {
    body = JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch {
    return fail(invocation, new Error('Unable to stringify response body'));
  }
  if (settle(invocation)) post(`invocation/${invocation.id}/response`, body, '', true);
}

function fail(invocation, error) {
  if (invocation.done) return;
  log('ERROR', ['Invoke Error', asJson ? error : `\t${printable(errorRecord(error))}`]);
  if (!settle(invocation)) return;
  const payload = printable(errorPayload(error));
  const headers = errorHeaders(headerType(error), xrayCause(error));
  post(`invocation/${invocation.id}/error`, payload, headers, true);
}

const headerType = (error) => {
  const { errorType } = describe(error);
  return /^[\x21-\x7e]+$/.test(errorType) ? errorType : 'Error';
};

/** A broken process answers what it can and ends; the platform starts another. */
function die(what, error, code) {
  log('ERROR', [what, asJson ? error : `\t${printable(errorRecord(error))}`]);
  const call = open ? `invocation/${open.id}/error` : 'init/error';
  if (open || !handler) {
    post(
      call,
      printable(errorPayload(error)),
      errorHeaders(headerType(error), xrayCause(error)),
      false,
    );
    if (open) settle(open);
  }
  socket.end(() => process.exit(code));
}

process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  const text = reason instanceof Error ? String(reason) : String(reason);
  const stack = reason instanceof Error ? reason.stack : undefined;
  const error = new RuntimeFault('Runtime.UnhandledPromiseRejection', text, stack);
  error.reason = reason instanceof Error ? errorRecord(reason) : reason;
  die('Unhandled Promise Rejection', error, 128);
});
process.on('beforeExit', () => onEmptyLoop?.());

try {
  handler = await loadHandler();
  socket.write(NEXT, 'latin1');
} catch (error) {
  die('Uncaught Exception', error, 1);
}
