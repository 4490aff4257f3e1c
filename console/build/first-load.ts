/**
 * Prints what a first visit of each page loads, gzipped, and fails the build where one is over the
 * limit: the entry script, the page's, everything these import at once, and their styles. What a
 * page loads later (the editor) is printed too.
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
      const shared = closure(entry, bundle);
      const pages = chunks
        .filter((chunk) => chunk.isDynamicEntry && chunk.facadeModuleId?.includes('/src/'))
        .map((chunk) => ({
          name: chunk.name,
          isPage: /-page\.tsx$/.test(chunk.facadeModuleId!),
          bytes: sum(bundle, new Set([...shared, ...closure(chunk, bundle)])),
        }))
        .sort((a, b) => b.bytes - a.bytes);
      const sizes = pages.map((page) => `${page.name} ${kb(page.bytes)}`).join(', ');
      console.log(`console, first load by page (gzipped, limit ${limitKb} KB): ${sizes}`);
      const worst = pages.find((page) => page.isPage);
      if (worst && worst.bytes > limitKb * 1024) {
        this.error(`The first load of ${worst.name} is over ${limitKb} KB.`);
      }
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
