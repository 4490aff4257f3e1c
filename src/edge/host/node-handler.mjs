/** Finds a Node.js function's handler by its name: CommonJS or ESM, with Lambda's errors. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeFault } from './node-errors.mjs';

const env = process.env;

const NO_CALLBACKS =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with ' +
  'Node.js 24. You need to modify this function to use a supported handler signature to use ' +
  'Node.js 24 or later. For more information see ' +
  'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** False from Node.js 24 on: handlers answer by a promise, and the context has no callbacks. */
export const takesCallbacks =
  Number(/^AWS_Lambda_nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV ?? '')?.[1] ?? 0) < 24;

/** What `_HANDLER` names, bound to what it is a member of. Throws what Lambda answers. */
export async function loadHandler() {
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
  if (!takesCallbacks && value.length >= 3) {
    throw new RuntimeFault('Runtime.CallbackHandlerDeprecated', NO_CALLBACKS);
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
