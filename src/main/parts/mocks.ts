/** The mock configuration, where the server was started with one. */
import { MockFile } from '../../edge/mock-file.ts';
import type { DecideOptions } from '../../execution/decide.ts';
import type { Clock } from '../../ground/tools.ts';
import { type MockedDeps, mockedIntegrations } from '../../service/integrations/mocked.ts';
import type { Integration } from '../../service/ports/tasks.ts';
import type { TestCases } from '../../service/states/start.ts';
import type { Config } from '../config.ts';

interface MockParts {
  readonly testCases: TestCases;
  readonly integrations: readonly Integration[];
  readonly mocked: NonNullable<DecideOptions['mocked']>;
}

/** To be read before anything is opened: throws MockConfigError where the file is of no use. */
export function readMockFile({ mockConfig }: Config): MockFile | undefined {
  return mockConfig === undefined ? undefined : new MockFile(mockConfig);
}

export function mockParts(
  { mockFile: file, clock }: { readonly mockFile: MockFile | undefined; readonly clock: Clock },
  integrations: readonly Integration[],
  signal: MockedDeps['signal'],
): MockParts | undefined {
  if (!file) return undefined;
  return {
    testCases: file,
    integrations: mockedIntegrations(integrations, {
      clock,
      signal,
      answer: ({ head, order }) =>
        file.config.answer(whole(head.machineName), head.testCase!, order.stateName, order.mock!),
    }),
    mocked: ({ machineName, testCase }, state) =>
      file.config.mocks(whole(machineName), testCase!, state),
  };
}

/** Children of a Map Run carry the Map's label behind the name. */
const whole = (machineName: string): string => machineName.split('/', 1)[0]!;
