import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstLoad } from './build/first-load.ts';
import { themeStyles } from './build/theme-styles.ts';

const server = process.env.STEPLIGHT_URL ?? 'http://127.0.0.1:4566';

export default defineConfig(async ({ mode }) => ({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [
    react(),
    themeStyles(),
    firstLoad({ limitKb: 450 }),
    ...(mode === 'mock' ? [(await import('./dev/mock.ts')).mockServer()] : []),
  ],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
    // Browsers of this target preload modules by themselves.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What most pages need, the table of every list with it, comes in one file, not in ten.
        codeSplitting: {
          groups: [{ name: 'common', test: /src\/parts\/(table|ui\/(menu|checkbox|search|text))/ }],
        },
      },
    },
  },
  server: { proxy: { '/_steplight': { target: server, changeOrigin: true } } },
}));
