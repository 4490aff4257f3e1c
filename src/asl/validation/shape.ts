/** Checks of an object's shape: required, exclusive and unknown members. Wording as on AWS. */
import { has, members, type Report, type Spot } from './report.ts';

export function requireAll(report: Report, spot: Spot, names: readonly string[]): boolean {
  const missing = names.filter((name) => !has(spot, name));
  if (missing.length > 0) report.error(spot, `These fields are required: [${missing.join(', ')}]`);
  return missing.length === 0;
}

export function atMostOne(report: Report, spot: Spot, names: readonly string[]): boolean {
  if (names.filter((name) => has(spot, name)).length <= 1) return true;
  report.error(spot, `There should only be one of the following fields: [${names.join(', ')}]`);
  return false;
}

export function exactlyOne(report: Report, spot: Spot, names: readonly string[]): boolean {
  if (names.some((name) => has(spot, name))) return atMostOne(report, spot, names);
  report.error(
    spot,
    `This object should have only one of the following fields: [${names.join(', ')}]`,
  );
  return false;
}

export function onlyKnown(report: Report, spot: Spot, names: readonly string[]): void {
  for (const { key, spot: child } of members(spot)) {
    if (!names.includes(key)) unsupported(report, { ...spot, node: child.node }, key);
  }
}

/** `spot` has the location of the object; its node may be the member's, for the line. */
export function unsupported(report: Report, spot: Spot, name: string): void {
  report.error(spot, `Field '${name}' is not supported`);
}

export function isObject(report: Report, spot: Spot): boolean {
  if (spot.node.kind === 'object') return true;
  report.error(spot, 'Expected value of type [OBJECT]');
  return false;
}

/** True for an array that has items. */
export function isList(report: Report, spot: Spot): boolean {
  if (spot.node.kind !== 'array') report.error(spot, 'Expected value of type [ARRAY]');
  else if (spot.node.items.length === 0) report.error(spot, 'Value cannot be empty');
  else return true;
  return false;
}
