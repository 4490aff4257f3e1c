/** Runs a composed server from its first line to its exit code. */

import { compose, type Server } from './compose.ts';
import type { Config } from './config.ts';

/** The server cannot start; the message is the one line that says why and what to do. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Starts, prints the ready line, waits for a signal, stops. Resolves with the exit code. */
export async function serve(config: Config, version: string): Promise<number> {
  // Whoever read what is printed may go away; the server goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const server = await startServer(config, version);
  if (!/^(127\.|localhost$|::1$)/.test(config.host)) {
    process.stderr.write(
      `steplight: warning: ${config.host} is not loopback; whoever reaches it can run code here\n`,
    );
  }
  const console = config.console ? ' (console /console)' : '';
  process.stdout.write(`Steplight ready on ${server.url}${console}\n`);
  process.stdout.write(
    'StartSyncExecution: SDKs put "sync-" before the host; set disableHostPrefix: true ' +
      '(JavaScript), inject_host_prefix=False (boto3) or AWS_DISABLE_HOST_PREFIX_INJECTION=true\n',
  );
  const signal = await nextSignal();
  if (config.logLevel === 'debug' || config.logLevel === 'info') {
    process.stderr.write(`steplight: ${signal}, stopping; a second one ends at once\n`);
  }
  void nextSignal().then(() => process.exit(1));
  await server.stop();
  return 0;
}

async function startServer(config: Config, version: string): Promise<Server> {
  let server: Server | undefined;
  try {
    server = await compose(config, version);
    await server.start();
    return server;
  } catch (error) {
    await server?.stop().catch(() => undefined);
    throw new StartError(explain(error as NodeJS.ErrnoException, config));
  }
}

/** One line for the mistakes that happen to people; anything else keeps its own message. */
function explain(error: NodeJS.ErrnoException, config: Config): string {
  const { code } = error;
  const address = (error as { port?: number }).port;
  if (code === 'EADDRINUSE') {
    const flag = address === config.xrayPort ? '--xray-port' : '--port';
    return `port ${address ?? ''} is in use; stop what listens there or choose another with ${flag}`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `cannot listen on ${config.host}; give --host an address of this machine`;
  }
  if (code === 'EACCES' && error.syscall === 'listen') {
    return `port ${address} needs privileges; choose one above 1023 with --port`;
  }
  if (code && NOT_OURS.has(code)) {
    return `cannot write to ${config.data} (${code}); choose another folder with --data`;
  }
  if (code === 'EEXIST') return `${config.data} is not a folder; choose one with --data`;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return `the disk of ${config.data} is full; free some space or choose another with --data`;
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return `${error.message}; move the data folder away or choose another with --data`;
  }
  return error.message;
}

const NOT_OURS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'SQLITE_READONLY']);

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => resolve(signal));
    }
  });
}
