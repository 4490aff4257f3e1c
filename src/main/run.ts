/** `steplight run`: one execution of a definition in this process, without a server. */
import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { readMockConfig } from '../edge/mock-file.ts';
import { stderrLogger } from '../edge/system.ts';
import { historyEvent } from '../execution/history.ts';
import { type MockConfig, MockConfigError } from '../execution/mocks.ts';
import { type Json, type JsonObject, printJson, tryParseData } from '../ground/json.ts';
import type { ExecutionHead } from '../store/executions/store.ts';
import { checkDefinition, hasErrors, type MachineType } from './definition-file.ts';
import { showFinding } from './findings.ts';
import { machineType, readText, SUBSTITUTION_OPTIONS, substitutionsFor } from './lint.ts';
import { executionOf } from './run/execution.ts';
import type { Functions, Handler } from './run/functions.ts';
import { elapsed, eventLine } from './run/lines.ts';
import { type LocalRunOptions, localRun } from './run/local-run.ts';
import { answersOf } from './run/mocks.ts';
import type { Substitutions } from './substitutions.ts';
import { readOptions, UsageError } from './usage.ts';

export const RUN_USAGE = `Usage: steplight run [options] FILE

Runs a state machine definition (JSON or YAML) once, in this process, without a server. Its history
goes to the standard error as it happens, its output to the standard output. Waits, retries and
timeouts pass at once, while the history shows their time.

Options
  --input JSON|@FILE|-      the execution's input; - is the standard input (default {})
  --mocks FILE              mock configuration (SFN_MOCK_CONFIG of Step Functions Local)
  --test-case NAME          the test case of it that answers tasks
  --function NAME=FILE.mjs[#EXPORT]
                            a handler for the function NAME (or its ARN); repeat for several.
                            The default export is called handler
  --context JSON|@FILE      Execution.{Id,Name,RoleArn,StartTime} and StateMachine.{Id,Name} as the
                            definition sees them in its context object
  --substitute NAME=VALUE   the value of \${NAME} in the definition; repeat for several
  --template FILE           a SAM template whose DefinitionSubstitutions give the values
  --type STANDARD|EXPRESS   the type of the state machine (default STANDARD)
  --name NAME               of the state machine (default by the mock configuration or the file)
  --real-time               let waits take their time
  --timeout SECONDS         stop the execution after this much real time
  --objects DIR             folder of the buckets of Distributed Maps (default .steplight/objects)
  --json                    events and the result as JSON, one a line, to the standard output
  --quiet                   no history

Exit code: 0 = SUCCEEDED, 1 = FAILED, 2 = it could not be run, 3 = TIMED_OUT, 4 = ABORTED.
`;

const EXIT_CODES: Readonly<Record<string, number>> = {
  SUCCEEDED: 0,
  FAILED: 1,
  TIMED_OUT: 3,
  ABORTED: 4,
};
const WIDTH = 160;
const LINGER_MS = 500;

/** Resolves with the exit code; throws UsageError where nothing can be run. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new UsageError('run needs one file; see steplight run --help');
  }
  const type = machineType(values.type);
  const definition = readDefinition(file, type, substitutionsFor(file, values));
  if (definition === undefined) return 2;
  const config = values.mocks === undefined ? undefined : mockConfig(values.mocks);
  const machineName = values.name ?? onlyMachine(config) ?? nameOf(file);
  const subject = { type, machineName, testCase: values['test-case'], uuid: randomUUID };
  const input = jsonText(values.input ?? '{}', '--input');
  const context = tryParseData(jsonText(values.context ?? '{}', '--context')) as Json;
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const { head, missingFunctions } = await localRun({
    definition,
    ...executionOf({ ...subject, input, context }),
    functions: await loadFunctions(values.function ?? []),
    answers: answers(config, machineName, values['test-case']),
    virtual: !values['real-time'],
    objects: values.objects ?? '.steplight/objects',
    timeoutMs: values.timeout === undefined ? undefined : seconds(values.timeout) * 1000,
    abort: interrupt.signal,
    log: stderrLogger('error'),
    onRecords: values.json ? jsonPrinter(values.quiet) : linePrinter(values.quiet),
  });
  for (const name of missingFunctions) {
    process.stderr.write(`steplight: no handler for ${name}; --function ${name}=FILE.mjs\n`);
  }
  if (values.json) process.stdout.write(`${printJson(resultOf(head))}\n`);
  else printEnd(head);
  // What functions leave open must not keep the command from ending.
  setTimeout(() => process.exit(), LINGER_MS).unref();
  return EXIT_CODES[head.status]!;
}

function readArguments(args: readonly string[]) {
  return readOptions(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        input: { type: 'string' },
        mocks: { type: 'string' },
        'test-case': { type: 'string' },
        function: { type: 'string', multiple: true },
        context: { type: 'string' },
        type: { type: 'string', default: 'STANDARD' },
        name: { type: 'string' },
        'real-time': { type: 'boolean', default: false },
        timeout: { type: 'string' },
        objects: { type: 'string' },
        json: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        ...SUBSTITUTION_OPTIONS,
      },
    }),
  );
}

/** The JSON text; undefined where the file has errors, which are printed. */
function readDefinition(
  file: string,
  type: MachineType,
  substitutions: Substitutions,
): string | undefined {
  const source = readText(file);
  const { definition, findings } = checkDefinition(file, source, type, substitutions);
  for (const finding of findings) {
    process.stderr.write(`${showFinding(file, source, finding)}\n`);
  }
  return hasErrors(findings) ? undefined : definition;
}

function jsonText(given: string, option: string): string {
  const from = given === '-' ? '-' : given.startsWith('@') ? given.slice(1) : undefined;
  const text = from === undefined ? given : readText(from);
  if (tryParseData(text) === undefined) throw new UsageError(`${option} is not JSON: ${given}`);
  return text;
}

function mockConfig(path: string): MockConfig {
  return clearly(() => readMockConfig(path));
}

function answers(
  config: MockConfig | undefined,
  machineName: string,
  testCase: string | undefined,
): LocalRunOptions['answers'] {
  return clearly(() => answersOf({}, config, machineName, testCase));
}

function clearly<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof MockConfigError ? new UsageError(error.message) : error;
  }
}

function onlyMachine(config: MockConfig | undefined): string | undefined {
  return config?.machines.length === 1 ? config.machines[0] : undefined;
}

const nameOf = (file: string): string =>
  file === '-' ? 'StateMachine' : basename(file).replace(/(\.asl)?\.\w+$/, '');

function seconds(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new UsageError(`--timeout must be a number of seconds: ${text}`);
}

async function loadFunctions(given: readonly string[]): Promise<Functions> {
  const entries = given.map(async (text) => {
    const match = /^([^=]+)=([^#]+)(?:#(.+))?$/.exec(text);
    if (!match) throw new UsageError(`--function must be NAME=FILE.mjs[#EXPORT]: ${text}`);
    const [, name, path, exported] = match as unknown as [string, string, string, string?];
    return [name, await loadHandler(path, exported ?? 'handler')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function loadHandler(path: string, name: string): Promise<Handler> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`cannot load ${path}: ${(error as Error).message}`);
  }
  // What CommonJS exports stands under `default` where Node did not find its names.
  const found = module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
  if (typeof found === 'function') return found as Handler;
  throw new UsageError(`${path} exports no function ${name}`);
}

type Printer = LocalRunOptions['onRecords'];

function linePrinter(quiet: boolean): Printer {
  let startedAt: number | undefined;
  return (records) => {
    startedAt ??= records[0]?.at;
    if (quiet) return;
    for (const record of records) {
      if (record.id === 0) continue;
      const width = process.stderr.columns ?? WIDTH;
      process.stderr.write(`${eventLine(record, startedAt!, width)}\n`);
    }
  };
}

function jsonPrinter(quiet: boolean): Printer {
  return (records) => {
    if (quiet) return;
    for (const record of records) {
      if (record.id === 0) continue;
      const event = historyEvent(record, { includeExecutionData: true });
      process.stdout.write(`${JSON.stringify(event)}\n`);
    }
  };
}

function resultOf(head: ExecutionHead): JsonObject {
  const { status, output, error, cause, arn, startedAt, stoppedAt } = head;
  return {
    status,
    ...(output !== undefined && { output: tryParseData(output)! }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    executionArn: arn,
    startDate: new Date(startedAt).toISOString(),
    stopDate: new Date(stoppedAt!).toISOString(),
  };
}

function printEnd({ status, output, error, cause, startedAt, stoppedAt }: ExecutionHead): void {
  const why = [error, cause].filter((one) => one !== undefined).join(': ');
  const took = elapsed(stoppedAt! - startedAt);
  process.stderr.write(`${status} after ${took}${why ? ` (${why})` : ''}\n`);
  if (output !== undefined) process.stdout.write(`${output}\n`);
}
