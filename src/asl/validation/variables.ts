/** Checks of the names that Assign gives: their form, and that no scope hides another's. */
import { VARIABLE_NAME_LENGTH_MAX } from '../limits.ts';
import { items, member, members, type Report, type Spot } from './report.ts';

const NAME = /^\p{ID_Start}\p{ID_Continue}*$/u;
const HYPHENATED = /^\p{ID_Start}\p{ID_Continue}*(?:-\p{ID_Continue}+)+$/u;

/** Every Assign of a state: its own, its rules' and its catchers'. */
function assignments(state: Spot): Spot[] {
  const holders = ['Choices', 'Catch'].flatMap((field) => {
    const list = member(state, field);
    return list ? items(list) : [];
  });
  return [state, ...holders].flatMap((holder) => member(holder, 'Assign') ?? []);
}

/** A name as it is stored: in JSONPath a `.$` at the end is no part of it. */
function storedName(key: string, language: string): string {
  return language === 'JSONPath' && key.endsWith('.$') ? key.slice(0, -2) : key;
}

/** The names a state assigns. */
export function assignedNames(state: Spot, language: string): string[] {
  return assignments(state).flatMap((assign) =>
    members(assign).map(({ key }) => storedName(key, language)),
  );
}

export function checkAssignedNames(
  report: Report,
  state: Spot,
  language: string,
  outer: ReadonlySet<string>,
): void {
  for (const assign of assignments(state)) {
    for (const { key, spot } of members(assign)) {
      checkName(report, spot, storedName(key, language), outer);
    }
  }
}

function checkName(report: Report, spot: Spot, name: string, outer: ReadonlySet<string>): void {
  const invalid = (reason: string): void =>
    report.error(spot, `Invalid variable name '${name}': ${reason}`, 'INVALID_VARIABLE_NAME');
  if (name === 'states') {
    report.error(spot, "Cannot assign to reserved variable '$states'.", 'RESERVED_VARIABLE_NAME');
  } else if (name.length > VARIABLE_NAME_LENGTH_MAX) {
    invalid(`the variable name is longer than ${VARIABLE_NAME_LENGTH_MAX} characters.`);
  } else if (HYPHENATED.test(name)) {
    // An expression reads `$a-b` as a difference, so such a name can be given but hardly used.
    const reason = 'the variable name contains a hyphen.';
    report.warning(spot, `Invalid variable name '${name}': ${reason}`, 'INVALID_VARIABLE_NAME');
  } else if (!NAME.test(name)) invalid('the variable name contains invalid characters.');
  else if (outer.has(name)) invalid('a variable of that name exists in an outer scope.');
}
