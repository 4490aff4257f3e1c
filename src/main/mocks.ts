/** The mock configuration, where the server was started with one. */
import { MockFile } from '../edge/mock-file.ts';
import type { Mocks } from '../service/states/assemble.ts';
import type { Config } from './config.ts';

/** To be read before anything is opened: throws MockConfigError where the file is of no use. */
export function mocksOf({ mockConfig }: Config): Mocks | undefined {
  if (mockConfig === undefined) return undefined;
  const file = new MockFile(mockConfig);
  return {
    testCases: file,
    answer: ({ head, order }) =>
      file.config.answer(whole(head.machineName), head.testCase!, order.stateName, order.mock!),
    mocked: ({ machineName, testCase }, state) =>
      file.config.mocks(whole(machineName), testCase!, state),
  };
}

/** Children of a Map Run carry the Map's label behind the name. */
const whole = (machineName: string): string => machineName.split('/', 1)[0]!;
