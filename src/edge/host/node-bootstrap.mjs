/**
 * The loop inside a Node.js function process: loads the handler, asks the Runtime API for events
 * and answers them. It speaks HTTP over a plain socket of its own, so that nothing a function does
 * to `http` (tracing, mocking) touches it, and writes one round trip for an answer and the next
 * event.
 */
import net from 'node:net';
import {
  describe,
  errorPayload,
  errorRecord,
  printable,
  RuntimeFault,
  xrayCause,
} from './node-errors.mjs';
import { loadHandler, takesCallbacks } from './node-handler.mjs';
import { asJson, beginLog, log } from './node-log.mjs';

const env = process.env;
const [apiHost, apiPort] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const RUNTIME = '/2018-06-01/runtime/';

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

/* ------------------------------------------------------------- invocations */

let handler;
/** The open invocation: its context and how it is settled. */
let open;
/** What the event loop's end means for the open invocation. */
let onEmptyLoop;

function handle(id, headers, body) {
  beginLog(id);
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
    const callback = takesCallbacks ? callbackOf(invocation, context) : undefined;
    const result = callback ? handler(event, context, callback) : handler(event, context);
    if (!callback && typeof result?.then !== 'function') {
      succeed(invocation, result);
      return;
    }
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

/** The third argument of a handler, and what the context has of the same kind. */
function callbackOf(invocation, context) {
  const callback = (error, value) => {
    if (invocation.called) return;
    invocation.called = true;
    const finish = () =>
      error === undefined || error === null ? succeed(invocation, value) : fail(invocation, error);
    if (!invocation.waits) setImmediate(finish);
    else onEmptyLoop = finish;
  };
  const atOnce = (error, value) => {
    invocation.waits = false;
    callback(error, value);
  };
  invocation.waits = true;
  Object.assign(context, {
    succeed: (value) => atOnce(null, value),
    fail: (error) => atOnce(error ?? 'handled'),
    done: atOnce,
  });
  Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
    enumerable: true,
    get: () => invocation.waits,
    set: (value) => {
      invocation.waits = Boolean(value);
    },
  });
  return callback;
}

function contextOf(invocation, headers) {
  const deadline = Number(headers.get('lambda-runtime-deadline-ms'));
  const json = (name) => (headers.get(name) ? JSON.parse(headers.get(name)) : undefined);
  return {
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

/** An answer is about to go. */
let answering = false;
/** The code with which the process ends behind the answer: something in it is broken. */
let broken;

function succeed(invocation, value) {
  let body;
  try {
    body = JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch {
    return fail(invocation, new Error('Unable to stringify response body'));
  }
  if (!settle(invocation)) return;
  answering = true;
  // A promise that was rejected and that the handler did not wait for is told of between two
  // turns. Its line belongs to this invocation, and no other one is to meet this process.
  setImmediate(() => {
    answering = false;
    post(`invocation/${invocation.id}/response`, body, '', broken === undefined);
    if (broken !== undefined) socket.end(() => process.exit(broken));
  });
}

function fail(invocation, error) {
  if (invocation.done) return;
  logError('Invoke Error', error);
  if (!settle(invocation)) return;
  const payload = printable(errorPayload(error));
  const headers = errorHeaders(headerType(error), xrayCause(error));
  post(`invocation/${invocation.id}/error`, payload, headers, true);
}

const headerType = (error) => {
  const { errorType } = describe(error);
  return /^[\x21-\x7e]+$/.test(errorType) ? errorType : 'Error';
};

const logError = (what, error) =>
  log('ERROR', asJson ? [error] : [what, `\t${printable(errorRecord(error))}`]);

/** A broken process answers what it can and ends; the platform starts another. */
function die(what, error, code) {
  logError(what, error);
  if (answering) {
    broken ??= code;
    return;
  }
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
