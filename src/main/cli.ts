#!/usr/bin/env node
/** The `steplight` command: reads the arguments, does what they say, and ends with a clear line. */
import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, settingRows } from './config.ts';
import { limitRows } from './limits.ts';
import { packageFile } from './package-file.ts';
import { UsageError } from './usage.ts';

const USAGE = `Usage: steplight [start] [options]
       steplight lint|run FILE [options]
       steplight env [options]

Runs AWS Step Functions, Lambda and X-Ray on this machine. Point any AWS SDK or CLI at it:
  AWS_ENDPOINT_URL=http://127.0.0.1:4566

Commands
  start       run the server (the default)
  lint        validate state machine definitions in files; steplight lint --help
  run         run a definition once, without a server; steplight run --help
  env         print the shell lines that point AWS tools at the server; steplight env --help
  help        this text
  version     the version

Options of start (each also as an environment variable)`;

const LIMITS = 'Limits for --limits NAME=VALUE,… (AWS has these; sizes may be 512KB or 1MB)';

function help(): string {
  const rows = settingRows().map(([flag, env, fallback, meaning]) => {
    const last = fallback ? `${meaning} (default ${fallback})` : meaning;
    return `  ${flag.padEnd(32)} ${env.padEnd(28)} ${last}`;
  });
  const limits = limitRows().map(
    ([name, fallback, meaning]) => `  ${name.padEnd(32)} ${fallback.padEnd(28)} ${meaning}`,
  );
  return [USAGE, ...rows, '', LIMITS, ...limits, ''].join('\n');
}

function version(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
    .version;
}

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === 'lint' || first === 'run' || first === 'env') return tool(first, rest);
  if (args.includes('--help') || args.includes('-h') || first === 'help') {
    process.stdout.write(help());
    return 0;
  }
  if (args.includes('--version') || first === 'version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  if (first !== undefined && !first.startsWith('-') && first !== 'start') {
    throw new ConfigError(`unknown command "${first}"; see steplight --help`);
  }
  const config = readConfig(first === 'start' ? rest : args, process.env);
  const { serve } = await import('./serve.ts');
  return serve(config, version());
}

/** The tools load what they need and nothing of the server. */
async function tool(name: 'lint' | 'run' | 'env', args: readonly string[]): Promise<number> {
  const helps = args.includes('--help') || args.includes('-h');
  if (name === 'env') {
    const { ENV_USAGE, envLines } = await import('./env.ts');
    process.stdout.write(helps ? ENV_USAGE : envLines(args));
    return 0;
  }
  if (name === 'lint') {
    const { LINT_USAGE, lint } = await import('./lint.ts');
    if (!helps) return lint(args, process.stdout);
    process.stdout.write(LINT_USAGE);
    return 0;
  }
  const { RUN_USAGE, run } = await import('./run.ts');
  if (!helps) return run(args);
  process.stdout.write(RUN_USAGE);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { name, message } = error as Error;
  if (!['ConfigError', 'StartError', 'UsageError'].includes(name)) throw error;
  process.stderr.write(`steplight: ${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
