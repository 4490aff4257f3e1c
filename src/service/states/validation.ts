/** ValidateStateMachineDefinition. Warnings never make a definition fail. */
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { pageLimit } from './paging.ts';

export function validationHandlers({ definitions }: Pick<StatesDeps, 'definitions'>) {
  return {
    ValidateStateMachineDefinition: async ({ definition, type, severity, maxResults }) => {
      const all = await definitions.validate(definition!, type ?? 'STANDARD');
      const shown = severity === 'WARNING' ? all : all.filter((one) => one.severity === 'ERROR');
      const limit = pageLimit(maxResults);
      return {
        result: all.some((one) => one.severity === 'ERROR') ? 'FAIL' : 'OK',
        diagnostics: shown.slice(0, limit).map(({ severity, code, message, location }) => ({
          severity,
          code,
          message,
          ...(location !== undefined && { location }),
        })),
        truncated: shown.length > limit,
      };
    },
  } satisfies StatesHandlers;
}
