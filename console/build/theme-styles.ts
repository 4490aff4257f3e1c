/**
 * Makes the component system wear our own tokens: the overriding style sheet is generated while
 * building, so that the theming engine and its tables never reach the browser.
 */
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';
import { theme } from './theme.ts';

const ID = 'virtual:theme.css';
const ENGINE = fileURLToPath(import.meta.resolve('@cloudscape-design/components/theming'));

type Generate = (params: { theme: typeof theme }) => string;

export function themeStyles(): Plugin {
  let styles: Promise<string> | undefined;
  return {
    name: 'theme-styles',
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load(id) {
      if (id !== `\0${ID}`) return undefined;
      styles ??= generate();
      return styles;
    },
  };
}

/** The engine's modules import folders, which Node cannot: bundled in memory first. */
async function generate(): Promise<string> {
  const outputs = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry: ENGINE, formats: ['es'] },
    },
  })) as Rolldown.RolldownOutput[];
  const code = outputs[0]!.output[0].code;
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const engine = (await import(url)) as { generateThemeStylesheet: Generate };
  return engine.generateThemeStylesheet({ theme });
}
