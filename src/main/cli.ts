#!/usr/bin/env node
/** The `steplight` command: reads the arguments, runs the server, and ends with a clear line. */
import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, settingRows } from './config.ts';
import { packageFile } from './package-file.ts';
import { StartError, serve } from './serve.ts';

const USAGE = `Usage: steplight [start] [options]

Runs AWS Step Functions, Lambda and X-Ray on this machine. Point any AWS SDK or CLI at it:
  AWS_ENDPOINT_URL=http://127.0.0.1:4566

Commands
  start       run the server (the default)
  help        this text
  version     the version

Options (each also as an environment variable)`;

function help(): string {
  const rows = settingRows().map(([flag, env, fallback, meaning]) => {
    const last = fallback ? `${meaning} (default ${fallback})` : meaning;
    return `  ${flag.padEnd(32)} ${env.padEnd(28)} ${last}`;
  });
  return `${USAGE}\n${rows.join('\n')}\n`;
}

function version(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
    .version;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h') || args[0] === 'help') {
    process.stdout.write(help());
    return 0;
  }
  if (args.includes('--version') || args[0] === 'version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const [first, ...rest] = args;
  if (first !== undefined && !first.startsWith('-') && first !== 'start') {
    throw new ConfigError(`unknown command "${first}"; see steplight --help`);
  }
  const config = readConfig(first === 'start' ? rest : args, process.env);
  return serve(config, version());
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof StartError)) throw error;
  process.stderr.write(`steplight: ${error.message}\n`);
  process.exitCode = 1;
}
