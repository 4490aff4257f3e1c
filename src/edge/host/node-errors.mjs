/** Errors of a Node.js function as Lambda tells them: in answers, in log lines, to X-Ray. */

const CAUSE_BYTES_MAX = 60_000;
/** Begins the name of every file of the loop. */
const OWN = new URL('node-', import.meta.url).href;

export function describe(error) {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: typeof error, errorMessage: String(error) };
}

/** The stack without the files of the loop and what is below them. */
export function stackLines(error) {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const lines = error.stack.split('\n');
  const own = lines.findIndex((line) => line.includes(OWN));
  return own > 0 ? lines.slice(0, own) : lines;
}

export const errorPayload = (error) => ({ ...describe(error), trace: stackLines(error) });

/** What the log shows: the error's own fields too. */
export function errorRecord(error) {
  const own = error instanceof Error ? { ...error } : {};
  return { ...describe(error), ...own, stack: stackLines(error) };
}

export function printable(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify({ errorType: value.errorType, errorMessage: value.errorMessage });
  }
}

const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(.*?):(\d+):\d+\)?$/;

/** The cause document that X-Ray shows with the failed invocation. */
export function xrayCause(error) {
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

export class RuntimeFault extends Error {
  constructor(name, message, stack) {
    super(message);
    this.name = name;
    if (stack) this.stack = stack;
  }
}
