import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Everything of `npm test` and what really takes long. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/long/**/*.test.ts', ...base.test!.include!],
    exclude: ['node_modules/**', 'dist/**'],
  },
});
