/**
 * How Step Functions spells the members of API models: in Pascal case, and in `aws-sdk` integrations
 * with acronyms as the SDK for Java spells them (`DBInstance` becomes `DbInstance`).
 */

/** The member's names in results, the usual one first. */
export function memberNames(name: string): readonly string[] {
  const known = names.get(name);
  if (known) return known;
  const pascal = capital(name);
  const java = words(name)
    .map((word) => capital(word.toLowerCase()))
    .join('');
  const both = pascal === java ? [pascal] : [pascal, java];
  names.set(name, both);
  return both;
}

/** Bounded by the number of names in all models. */
const names = new Map<string, readonly string[]>();

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Words end before a capital behind a small letter, before an acronym's last capital, at digits. */
function words(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([0-9])([A-Za-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/);
}
