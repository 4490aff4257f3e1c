/** inspectionData: how far the data flow came, and what it gave (levels DEBUG and TRACE). */
import { type JsonObject, parseData, printJson } from '../../ground/json.ts';
import type { Assigned } from '../record.ts';
import type { StateTest } from './run.ts';
import { type StageName, shownStages } from './stages.ts';
import type { ErrorDetails, MapNumbers, Verdict } from './trial.ts';

/** JSON texts by stage, and the rest as values. */
export interface Inspection
  extends MapNumbers,
    Partial<Record<StageName | 'input' | 'variables', string>> {
  errorDetails?: ErrorDetails;
}

/** `variables`: JSON text as the caller gave it. */
export function inspect(
  test: StateTest,
  verdict: Verdict,
  variables: string | undefined,
): Inspection {
  const { trial, stages, numbers } = test;
  const shown: Inspection = { input: trial.input };
  for (const name of shownStages(trial.state)) {
    const stage = stages[name];
    if (stage) shown[name] = stage.text;
  }
  Object.assign(shown, numbers);
  const after = variablesAfter(variables, verdict.assigned);
  if (after !== undefined) shown.variables = after;
  if (verdict.errorDetails) shown.errorDetails = verdict.errorDetails;
  return shown;
}

/** Those given and those assigned; as given where the state assigns none. */
function variablesAfter(
  given: string | undefined,
  assigned: Assigned | undefined,
): string | undefined {
  const before = (given === undefined ? {} : parseData(given)) as JsonObject;
  if (!assigned) return Object.keys(before).length === 0 ? undefined : given;
  const values = Object.entries(assigned).map(([name, text]) => [name, parseData(text)]);
  return printJson({ ...before, ...Object.fromEntries(values) });
}
