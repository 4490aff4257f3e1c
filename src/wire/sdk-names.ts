/**
 * How Step Functions spells the names of API models: members in Pascal case, an acronym at their
 * beginning as the SDK for Java spells it (`DBInstance` becomes `DbInstance`), and errors by that
 * SDK's exceptions.
 */

/** The member's name in parameters and results. */
export function sdkMember(name: string): string {
  return capital(lowerStart(name));
}

/** The spellings in which a member is understood, the usual one first. */
export function memberNames(name: string): readonly string[] {
  const known = names.get(name);
  if (known) return known;
  const all = [...new Set([capital(name), sdkMember(name), pascal(name)])];
  names.set(name, all);
  return all;
}

/** Bounded by the number of names in all models. */
const names = new Map<string, readonly string[]>();

/** The exception of an error's shape: `ActivityDoesNotExist` is ActivityDoesNotExistException. */
export function sdkException(shape: string): string {
  return `${pascal(shape.replace(/(Fault|Exception)$/, ''))}Exception`;
}

/** The service's client as `aws-sdk` resources name it: `CloudWatch Logs` is `cloudwatchlogs`. */
export function sdkServiceName(serviceId: string): string {
  return serviceId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/service$/, '');
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Of a name's first word, an acronym as a whole, in lower case: `dbInstance`, `s3Bucket`. */
function lowerStart(name: string): string {
  const start = /^[A-Z]+(?![a-z])|^[A-Z]/.exec(name)?.[0] ?? '';
  return start.toLowerCase() + name.slice(start.length);
}

const pascal = (name: string): string =>
  words(name)
    .map((word) => capital(word.toLowerCase()))
    .join('');

/** Words end before a capital behind a small letter, before an acronym's last capital, at digits. */
function words(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([0-9])([A-Za-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/);
}
