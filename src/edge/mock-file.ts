/**
 * The mock configuration file. It is read again when it has changed, so that test cases can be
 * written while the server runs; an execution under way gets its answers from the latest version
 * that could be read.
 */
import { readFileSync, statSync } from 'node:fs';
import { MockConfig, MockConfigError } from '../execution/mocks.ts';
import { parseJson } from '../ground/json.ts';

export class MockFile {
  readonly #path: string;
  #version = '';
  #config: MockConfig;

  /** Throws MockConfigError where the file cannot be read or is not of the format. */
  constructor(path: string) {
    this.#path = path;
    this.#version = versionOf(path);
    this.#config = readMockConfig(path);
  }

  /** Throws MockConfigError where an execution cannot be started with the test case now. */
  check(machine: string, testCase: string): void {
    const version = versionOf(this.#path);
    if (version !== this.#version) {
      this.#config = readMockConfig(this.#path);
      this.#version = version;
    }
    this.#config.check(machine, testCase);
  }

  get config(): MockConfig {
    return this.#config;
  }
}

export function readMockConfig(path: string): MockConfig {
  try {
    return new MockConfig(parseJson(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new MockConfigError(`${path}: ${(error as Error).message}`);
  }
}

function versionOf(path: string): string {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
}
