/**
 * Prints what a first visit loads, gzipped, and fails the build where it is more than the limit:
 * the page, the entry script, everything it imports at once, and their styles.
 */
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

interface Options {
  readonly limitKb: number;
}

export function firstLoad({ limitKb }: Options): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find((chunk) => chunk.isEntry);
      if (!entry) this.error('The build has no entry.');
      const loaded = closure(entry, bundle);
      const total = sum(bundle, loaded);
      const lines = chunks
        .filter((chunk) => chunk.isDynamicEntry && chunk.facadeModuleId?.includes('/src/'))
        .map((chunk) => {
          const extra = [...closure(chunk, bundle)].filter((name) => !loaded.has(name));
          return `  ${chunk.name.padEnd(20)} +${kb(sum(bundle, new Set(extra)))}`;
        });
      this.info(`first load ${kb(total)} gzipped (limit ${limitKb} KB); then\n${lines.join('\n')}`);
      if (total > limitKb * 1024) this.error(`The first load is over ${limitKb} KB.`);
    },
  };
}

function closure(chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): Set<string> {
  const names = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (!file || names.has(name)) return;
    names.add(name);
    if (file.type !== 'chunk') return;
    for (const style of file.viteMetadata?.importedCss ?? []) names.add(style);
    for (const next of file.imports) visit(next);
  };
  visit(chunk.fileName);
  return names;
}

function sum(bundle: Rolldown.OutputBundle, names: ReadonlySet<string>): number {
  let bytes = 0;
  for (const name of names) {
    const file = bundle[name];
    if (file) bytes += gzipSync(file.type === 'chunk' ? file.code : file.source).length;
  }
  return bytes;
}

function kb(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
