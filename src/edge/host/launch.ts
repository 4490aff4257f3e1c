/** How a function's process is started: the command by runtime, and an environment of its own. */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionVersion } from '../../service/ports/functions.ts';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

/** Why no process can be started: an errorType and text as Lambda words them. */
export interface LaunchProblem {
  readonly errorType: string;
  readonly text: string;
}

export interface LaunchSettings {
  /** Of this server, for AWS_ENDPOINT_URL; asked at each start, because the port may be late. */
  readonly endpointUrl: () => string | undefined;
  /** `host:port` of the X-Ray daemon. */
  readonly xrayDaemonAddress: () => string | undefined;
  /** Further folders where Node functions find modules, as Lambda brings the AWS SDK along. */
  readonly nodePath?: readonly string[];
}

const bootstrapFile = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export async function launchOf(version: FunctionVersion): Promise<Launch | LaunchProblem> {
  const { runtime } = version;
  if (runtime.startsWith('nodejs')) return launchNode(version);
  if (runtime.startsWith('python3')) return launchPython(runtime);
  if (runtime.startsWith('provided')) return launchProvided(version);
  return { errorType: 'Runtime.InvalidRuntime', text: `No runtime ${runtime} on this server` };
}

function launchNode(version: FunctionVersion): Launch {
  const { memoryMb } = version;
  return {
    command: process.execPath,
    args: [
      `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
      `--max-semi-space-size=${Math.max(1, Math.floor(memoryMb * 0.05))}`,
      bootstrapFile('./node-bootstrap.mjs'),
    ],
  };
}

async function launchPython(runtime: string): Promise<Launch | LaunchProblem> {
  const interpreter = (await pythonAt(runtime)) ?? (await pythonAt('python3'));
  if (interpreter === undefined) {
    const text = `Runtime ${runtime} needs Python: neither ${runtime} nor python3 runs on this machine`;
    return { errorType: 'Runtime.InvalidEntrypoint', text };
  }
  // -B: the code folder stays as it was deployed.
  return { command: interpreter, args: ['-B', bootstrapFile('./python-bootstrap.py')] };
}

const pythons = new Map<string, Promise<string | undefined>>();

/** The interpreter itself behind a name on the PATH: version managers' shims take their time. */
function pythonAt(name: string): Promise<string | undefined> {
  const known = pythons.get(name);
  if (known) return known;
  const found = new Promise<string | undefined>((resolve) => {
    const script = 'import sys; print(sys.executable)';
    execFile(name, ['-c', script], { timeout: 10_000 }, (error, text) => {
      if (error) pythons.delete(name);
      resolve(error ? undefined : text.trim() || name);
    });
  });
  pythons.set(name, found);
  return found;
}

async function launchProvided(version: FunctionVersion): Promise<Launch | LaunchProblem> {
  const file = join(version.codeDir, 'bootstrap');
  const errorType = 'Runtime.InvalidEntrypoint';
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    return {
      errorType,
      text: "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
    };
  }
  try {
    await access(file, constants.X_OK);
  } catch {
    return { errorType, text: 'fork/exec /var/task/bootstrap: permission denied' };
  }
  return { command: file, args: [] };
}

/** Nothing of the server's own environment but the search paths. */
export function environmentOf(
  version: FunctionVersion,
  sandbox: { readonly runtimeApi: string; readonly logStream: string },
  settings: LaunchSettings,
): Record<string, string> {
  const endpointUrl = settings.endpointUrl();
  const daemon = settings.xrayDaemonAddress() ?? '127.0.0.1:2000';
  const [daemonHost, daemonPort] = splitAddress(daemon);
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_PATH: nodePath(version, settings),
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: daemon,
    _AWS_XRAY_DAEMON_ADDRESS: daemonHost,
    _AWS_XRAY_DAEMON_PORT: daemonPort,
    ...(endpointUrl ? { AWS_ENDPOINT_URL: endpointUrl } : {}),
    ...version.environment,
    _HANDLER: version.handler,
    AWS_REGION: version.region,
    AWS_DEFAULT_REGION: version.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: version.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: version.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox.logStream,
    AWS_LAMBDA_RUNTIME_API: sandbox.runtimeApi,
    LAMBDA_TASK_ROOT: version.codeDir,
    LAMBDA_RUNTIME_DIR: fileURLToPath(new URL('.', import.meta.url)),
    // The access key id is the account: calls back to this server stay in the function's account.
    AWS_ACCESS_KEY_ID: version.account,
    AWS_SECRET_ACCESS_KEY: 'steplight',
    AWS_SESSION_TOKEN: 'steplight',
  };
  const libraries = version.environment.LD_LIBRARY_PATH ?? process.env.LD_LIBRARY_PATH;
  if (libraries) environment.LD_LIBRARY_PATH = libraries;
  return environment;
}

function nodePath(version: FunctionVersion, settings: LaunchSettings): string {
  const major = /^nodejs(\d+)/.exec(version.runtime)?.[1] ?? '20';
  return [
    `/opt/nodejs/node${major}/node_modules`,
    '/opt/nodejs/node_modules',
    version.codeDir,
    ...(settings.nodePath ?? []),
  ].join(delimiter);
}

function splitAddress(address: string): [host: string, port: string] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), address.slice(at + 1)];
}
