import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandFiles } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'steplight-files-'));
for (const path of ['a.json', 'b.yaml', 'in/c.asl.json', 'in/deep/d.json', 'node_modules/e.json']) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), '');
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const expand = (...patterns: string[]) =>
  expandFiles(patterns.map((one) => join(folder, one))).map((path) =>
    path.slice(folder.length + 1),
  );

describe('expandFiles', () => {
  it('takes names, patterns within and across folders, and alternatives', () => {
    expect(expand('b.yaml', '*.{json,yaml}')).toEqual(['b.yaml', 'a.json']);
    expect(expand('**/*.json')).toEqual(['a.json', 'in/c.asl.json', 'in/deep/d.json']);
    expect(expand('in/?.asl.json')).toEqual(['in/c.asl.json']);
    expect(expandFiles(['-'])).toEqual(['-']);
  });

  it.each([
    ['x.json', 'no such file'],
    ['*.toml', 'no file matches'],
    ['in', 'is a folder; name files, such as'],
  ])('says what is wrong with %s', (pattern, message) => {
    expect(() => expand(pattern)).toThrow(message);
  });
});
