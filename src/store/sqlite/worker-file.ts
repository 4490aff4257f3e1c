/**
 * Where a worker thread's file is. Node 20 cannot start a thread from TypeScript, so sources that
 * run as they are (under the test runner) start the compiled twin in `dist/`.
 */
export function workerFile(name: string): URL {
  const here = import.meta.url;
  return here.endsWith('.ts')
    ? new URL(`../../../dist/src/store/sqlite/${name}.js`, here)
    : new URL(`./${name}.js`, here);
}
