/**
 * A filter expression as SQL over the rows of settled traces. It selects at least the traces that
 * match, never fewer; what it selects is checked with `matches`.
 */
import type { Filter, Operator, Selector } from '../../../trace/expression.ts';
import type { TraceFacts } from '../../../trace/facts.ts';
import type { Value } from '../../database.ts';

export const FLAG = {
  fault: 1,
  error: 2,
  throttle: 4,
  partial: 8,
  inferred: 16,
  rootThrottle: 32,
  limitExceeded: 64,
} as const;

/** The yes-or-no facts of a trace as one number. */
export function flagsOf(facts: TraceFacts, limitExceeded: boolean): number {
  return (
    (facts.root.fault ? FLAG.fault : 0) |
    (facts.root.error ? FLAG.error : 0) |
    (facts.throttle ? FLAG.throttle : 0) |
    (facts.partial ? FLAG.partial : 0) |
    (facts.inferred ? FLAG.inferred : 0) |
    (facts.root.throttle ? FLAG.rootThrottle : 0) |
    (limitExceeded ? FLAG.limitExceeded : 0)
  );
}

/** Longer values are cut in the index; the whole value is checked afterwards. */
const TERM_LENGTH_MAX = 200;

const term = (kind: string, key: string, value: string): string =>
  `${kind}${key}\n${value}`.slice(0, TERM_LENGTH_MAX);
const serviceTerm = (name: string): string => term('s', '', name);
const userTerm = (name: string): string => term('u', '', name);
const arnTerm = (arn: string): string => term('r', '', arn);
const keyTerm = (key: string): string => term('k', key, '');
const annotationTerm = (key: string, value: string | number | boolean): string =>
  term('a', key, `${typeof value} ${value}`);

/** Everything about a trace that a filter may look up by equality. */
export function termsOf(facts: TraceFacts): string[] {
  const terms = new Set<string>();
  for (const service of facts.services) terms.add(serviceTerm(service.name));
  for (const user of facts.users) terms.add(userTerm(user.name));
  for (const arn of facts.arns) terms.add(arnTerm(arn));
  for (const { key, value } of facts.annotations) {
    terms.add(keyTerm(key));
    terms.add(annotationTerm(key, value));
  }
  return [...terms];
}

export interface Selection {
  /** Over the row `t` of a trace; `$` numbers go on from the given one. */
  readonly sql: string;
  readonly params: readonly Value[];
  /** A term that every matching trace has: the rows can be found through it. */
  readonly term: string | undefined;
}

/** `firstParam` is the number of the first placeholder it may use. */
export function toSql(filter: Filter | undefined, firstParam: number): Selection {
  const condition = filter && print(filter);
  if (!condition) return { sql: '1 = 1', params: [], term: filter && requiredTerm(filter) };
  let number = firstParam;
  const sql = condition.sql.replace(/\?/g, () => `$${number++}`);
  return { sql, params: condition.params, term: requiredTerm(filter) };
}

/** A condition; `exact` where it means the same as the filter. Its parameters are written `?`. */
interface Condition {
  readonly sql: string;
  readonly params: readonly Value[];
  readonly exact: boolean;
}

/** Undefined: no condition that would not lose matches. */
function print(filter: Filter): Condition | undefined {
  switch (filter.type) {
    case 'and':
      return all(filter.of.map(print));
    case 'or':
      return any(filter.of.map(print));
    case 'not':
      return not(print(filter.of));
    case 'flag':
      return flagSql(filter.flag);
    case 'number':
      return numberSql(filter.keyword, filter.test);
    case 'text':
      return textSql(filter);
    case 'annotation': {
      const { key, test } = filter;
      return has(test?.op === '=' ? annotationTerm(key, test.value) : keyTerm(key));
    }
    case 'service':
      return serviceSql(filter.of);
    case 'edge':
      return all([serviceSql(filter.from), serviceSql(filter.to), undefined]);
    case 'group':
      return { sql: '1 = 0', params: [], exact: true };
    default:
      return undefined;
  }
}

/** All that can be said; exact only where nothing had to be left out. */
function all(parts: readonly (Condition | undefined)[]): Condition | undefined {
  const some = parts.filter((part) => part !== undefined);
  if (some.length === 0) return undefined;
  return {
    sql: `(${some.map(({ sql }) => sql).join(' AND ')})`,
    params: some.flatMap(({ params }) => params),
    exact: some.length === parts.length && some.every((part) => part.exact),
  };
}

function any(parts: readonly (Condition | undefined)[]): Condition | undefined {
  const some = parts.filter((part) => part !== undefined);
  if (some.length < parts.length) return undefined;
  return {
    sql: `(${some.map(({ sql }) => sql).join(' OR ')})`,
    params: some.flatMap(({ params }) => params),
    exact: some.every((part) => part.exact),
  };
}

/** What is not certainly in the set of matches cannot be taken out. */
function not(inner: Condition | undefined): Condition | undefined {
  return inner?.exact ? { ...inner, sql: `(NOT ${inner.sql})` } : undefined;
}

function flagSql(flag: string): Condition | undefined {
  const trouble = FLAG.fault | FLAG.error | FLAG.rootThrottle;
  if (flag === 'ok') return { sql: `((t.flags & ${trouble}) = 0)`, params: [], exact: true };
  if (!Object.hasOwn(FLAG, flag)) return undefined;
  const bit = FLAG[flag as keyof typeof FLAG];
  return { sql: `((t.flags & ${bit}) <> 0)`, params: [], exact: true };
}

const NUMBERS: Readonly<Record<string, { column: string; value: string }>> = {
  responsetime: { column: 't.response_us', value: 't.response_us / 1000000.0' },
  duration: { column: 't.duration_us', value: 't.duration_us / 1000000.0' },
  'http.status': { column: 't.status', value: 't.status' },
};

function numberSql(
  keyword: string,
  test: { op: Operator; value: number } | undefined,
): Condition | undefined {
  const number = NUMBERS[keyword];
  if (!number) return undefined;
  const known = `${number.column} IS NOT NULL`;
  if (!test) return { sql: `(${known})`, params: [], exact: true };
  const op = test.op === '!=' ? '<>' : test.op;
  return { sql: `(${known} AND ${number.value} ${op} ?)`, params: [test.value], exact: true };
}

type TextFilter = Extract<Filter, { type: 'text' }>;

/** Users and resources are in the index of terms. */
function textTerm({ keyword, test }: TextFilter): string | undefined {
  if (test?.op !== '=') return undefined;
  if (keyword === 'user') return userTerm(test.value);
  return keyword === 'resource.arn' ? arnTerm(test.value) : undefined;
}

function textSql(filter: TextFilter): Condition | undefined {
  const wanted = textTerm(filter);
  return wanted === undefined ? undefined : has(wanted);
}

function serviceSql(selector: Selector): Condition | undefined {
  return selector.name === undefined ? undefined : has(serviceTerm(selector.name));
}

function has(wanted: string): Condition {
  return {
    sql: `EXISTS (SELECT 1 FROM trace_terms x WHERE x.place = t.place AND x.term = ?
      AND x.start_us = t.start_us AND x.trace = t.id)`,
    params: [wanted],
    exact: false,
  };
}

/** The most selective term that all matches have: resources first, services last. */
function requiredTerm(filter: Filter): string | undefined {
  const terms = requiredTerms(filter);
  const order = 'rauks';
  terms.sort((a, b) => order.indexOf(a[0]!) - order.indexOf(b[0]!));
  return terms[0];
}

const optional = (wanted: string | undefined): string[] => (wanted ? [wanted] : []);

function requiredTerms(filter: Filter): string[] {
  switch (filter.type) {
    case 'and':
      return filter.of.flatMap(requiredTerms);
    case 'annotation':
      return [
        filter.test?.op === '='
          ? annotationTerm(filter.key, filter.test.value)
          : keyTerm(filter.key),
      ];
    case 'text':
      return optional(textTerm(filter));
    case 'service':
      return optional(filter.of.name && serviceTerm(filter.of.name));
    case 'edge':
      return [filter.from.name, filter.to.name].flatMap((name) =>
        optional(name && serviceTerm(name)),
      );
    default:
      return [];
  }
}
