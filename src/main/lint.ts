/** `steplight lint`: validates definitions in files as ValidateStateMachineDefinition does. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkDefinition, type Finding, hasErrors, type MachineType } from './definition-file.ts';
import { expandFiles } from './files.ts';
import { showFinding } from './findings.ts';
import { readSubstitutions, type Substitutions, templateSubstitutions } from './substitutions.ts';
import { readOptions, UsageError } from './usage.ts';

export const LINT_USAGE = `Usage: steplight lint [options] FILE…

Validates state machine definitions (Amazon States Language, JSON or YAML) with the diagnostics of
ValidateStateMachineDefinition, and says in which line and column each one is. FILE may be a pattern
such as 'flows/**/*.asl.{json,yaml}', or - for the standard input.

Options
  --type STANDARD|EXPRESS   the type of the state machine (default STANDARD)
  --substitute NAME=VALUE   the value of \${NAME} in the definition; repeat for several
  --template FILE           a SAM template whose DefinitionSubstitutions give the values
  --json                    one JSON document instead of text
  --quiet                   errors only, no warnings

Exit code: 0 = no error, 1 = at least one definition has an error, 2 = nothing could be checked.
`;

interface LintedFile {
  readonly file: string;
  readonly result: 'OK' | 'FAIL';
  readonly diagnostics: readonly Finding[];
  readonly source: string;
}

interface Out {
  write(text: string): unknown;
}

/** Resolves with the exit code; throws UsageError where the arguments are of no use. */
export function lint(args: readonly string[], out: Out): number {
  const { values, positionals } = readOptions(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        type: { type: 'string', default: 'STANDARD' },
        json: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        ...SUBSTITUTION_OPTIONS,
      },
    }),
  );
  if (positionals.length === 0)
    throw new UsageError('lint needs a file; see steplight lint --help');
  const type = machineType(values.type);
  const files = expandFiles(positionals).map((file) => lintFile(file, type, values));
  if (values.json) out.write(`${JSON.stringify(asJson(files, type), undefined, 2)}\n`);
  else out.write(asText(files));
  return files.some(({ result }) => result === 'FAIL') ? 1 : 0;
}

export function machineType(text: string): MachineType {
  const type = text.toUpperCase();
  if (type === 'STANDARD' || type === 'EXPRESS') return type;
  throw new UsageError(`--type must be STANDARD or EXPRESS: ${text}`);
}

function lintFile(
  file: string,
  type: MachineType,
  given: GivenSubstitutions & { readonly quiet: boolean },
): LintedFile {
  const source = readText(file);
  const { findings } = checkDefinition(file, source, type, substitutionsFor(file, given));
  const diagnostics = given.quiet
    ? findings.filter(({ severity }) => severity === 'ERROR')
    : findings;
  return { file, result: hasErrors(findings) ? 'FAIL' : 'OK', diagnostics, source };
}

/** As parseArgs takes them, for the commands that read definitions. */
export const SUBSTITUTION_OPTIONS = {
  substitute: { type: 'string', multiple: true },
  template: { type: 'string' },
} as const;

export interface GivenSubstitutions {
  readonly substitute?: string[] | undefined;
  readonly template?: string | undefined;
}

/** What the template says, and over it what the command line says. Throws UsageError. */
export function substitutionsFor(
  file: string,
  { substitute = [], template }: GivenSubstitutions,
): Substitutions {
  const own = readSubstitutions(substitute);
  if (template === undefined) return own;
  return new Map([...templateSubstitutions(template, readText(template), file), ...own]);
}

/** A file's text, `-` being the standard input. Throws UsageError. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function asJson(files: readonly LintedFile[], type: MachineType) {
  return {
    result: files.some(({ result }) => result === 'FAIL') ? 'FAIL' : 'OK',
    type,
    files: files.map(({ file, result, diagnostics }) => ({ file, result, diagnostics })),
  };
}

function asText(files: readonly LintedFile[]): string {
  const shown = files.flatMap(({ file, diagnostics, source }) =>
    diagnostics.map((finding) => showFinding(file, source, finding)),
  );
  return `${[...shown, summary(files)].join('\n')}\n`;
}

function summary(files: readonly LintedFile[]): string {
  const all = files.flatMap(({ diagnostics }) => diagnostics);
  const errors = all.filter(({ severity }) => severity === 'ERROR').length;
  const failed = files.filter(({ result }) => result === 'FAIL').length;
  const where = failed > 0 && files.length > 1 ? ` in ${count(failed, 'file')}` : '';
  return `${count(files.length, 'file')} checked: ${count(errors, 'error')}${where}, ${count(all.length - errors, 'warning')}`;
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;
