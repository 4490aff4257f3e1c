/** What checks below a state need to know beside the place they look at. */
import type { KnownServices } from '../integrations.ts';
import type { QueryLanguage } from '../query-language.ts';
import type { StatesMember } from './expression.ts';
import type { Report } from './report.ts';

export type MachineType = 'STANDARD' | 'EXPRESS';

export interface Context {
  readonly report: Report;
  readonly machineType: MachineType;
  readonly services: KnownServices | undefined;
  /** Language of the whole machine. */
  readonly machineLanguage: QueryLanguage;
  /** The state is inside a distributed Map, whose items are executions of their own. */
  readonly ownExecutions: boolean;
  /** Language of the state at hand. */
  readonly language: QueryLanguage;
  /** Members of `$states` that expressions at hand may read beyond input and context. */
  readonly available: readonly StatesMember[];
}
