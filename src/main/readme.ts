/** The parts of the README that are made from the program, so that they cannot disagree with it. */
import { type CoverageRow, coverageTable } from '../wire/coverage.ts';
import { settingRows } from './config.ts';
import { limitRows } from './limits.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function settingsTable(): string {
  const rows = settingRows().map(
    ([flag, env, fallback, meaning]) =>
      `| \`${cell(flag)}\` | \`${env}\` | ${fallback ? `\`${fallback}\`` : ''} | ${cell(meaning)} |`,
  );
  return ['| Flag | Environment | Default | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function limitsTable(): string {
  const rows = limitRows().map(
    ([name, fallback, meaning]) => `| \`${name}\` | ${fallback} | ${cell(meaning)} |`,
  );
  return ['| Limit | Default | Of |', '|---|---|---|', ...rows].join('\n');
}

/** The text with its marked parts made anew. Throws where a marker is missing. */
export function renewReadme(text: string, coverage: readonly CoverageRow[]): string {
  const settings = replace(text, 'settings', settingsTable());
  const limits = replace(settings, 'limits', limitsTable());
  return replace(limits, 'coverage', coverageTable(coverage));
}

function replace(text: string, part: string, content: string): string {
  const begin = `<!-- ${part}:begin -->`;
  const end = `<!-- ${part}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no markers ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
