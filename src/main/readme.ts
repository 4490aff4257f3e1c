/** The parts of the README that are made from the program, so that they cannot disagree with it. */
import { type CoverageRow, coverageTable } from '../wire/coverage.ts';
import { settingRows } from './config.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function settingsTable(): string {
  const rows = settingRows().map(
    ([flag, env, fallback, meaning]) =>
      `| \`${cell(flag)}\` | \`${env}\` | ${fallback ? `\`${fallback}\`` : ''} | ${cell(meaning)} |`,
  );
  return ['| Flag | Environment | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** The text with its marked parts made anew. Throws where a marker is missing. */
export function renewReadme(text: string, coverage: readonly CoverageRow[]): string {
  const settings = replace(text, 'settings', settingsTable());
  return replace(settings, 'coverage', coverageTable(coverage));
}

function replace(text: string, part: string, content: string): string {
  const begin = `<!-- ${part}:begin -->`;
  const end = `<!-- ${part}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no markers ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
