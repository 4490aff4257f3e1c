/**
 * What a filter expression means: whether a trace's facts satisfy it. This is the definition; a
 * store's own query may only select the same traces faster.
 */
import type { CauseEntity, CauseFact } from './causes.ts';
import type { Filter, FilterValue, Flag, Operator, Selector } from './expression.ts';
import type { AnnotationFact, EntityFact, SegmentFact, TraceFacts } from './facts.ts';
import type { Service } from './infer.ts';

export function matches(filter: Filter, facts: TraceFacts): boolean {
  switch (filter.type) {
    case 'and':
      return filter.of.every((part) => matches(part, facts));
    case 'or':
      return filter.of.some((part) => matches(part, facts));
    case 'not':
      return !matches(filter.of, facts);
    case 'flag':
      return traceFlag(filter.flag, facts);
    case 'number':
      return numberTest(traceNumber(filter.keyword, facts), filter.test);
    case 'text':
      return traceTexts(filter.keyword, facts).some((value) => textTest(value, filter.test));
    case 'annotation':
      return facts.annotations.some((it) => it.key === filter.key && valueTest(it, filter.test));
    case 'service':
      return facts.segments.some(
        (segment) =>
          selects(filter.of, facts.services[segment.service]) &&
          (!filter.where || entityMatches(filter.where, segment, facts)),
      );
    case 'edge':
      return facts.edges.some(
        (edge) =>
          selects(filter.from, edge.from === undefined ? undefined : facts.services[edge.from]) &&
          selects(filter.to, facts.services[edge.to]) &&
          (!filter.where || entityMatches(filter.where, { ...edge, service: edge.to }, facts)),
      );
    case 'group':
      return false;
    case 'rootcause':
      return causes(filter.kind, facts).some((cause) => causeMatches(filter, cause, facts));
    case 'causejson':
      return (['fault', 'error', 'responsetime'] as const).some((kind) =>
        causes(kind, facts).some((cause) => sameShape(filter.services, cause, facts)),
      );
  }
}

/** Puts a group's own expression in the place of its name; an unknown group matches nothing. */
export function expandGroups(
  filter: Filter,
  find: (by: 'name' | 'arn', value: string) => Filter | undefined,
): Filter {
  switch (filter.type) {
    case 'and':
    case 'or':
      return { type: filter.type, of: filter.of.map((part) => expandGroups(part, find)) };
    case 'not':
      return { type: 'not', of: expandGroups(filter.of, find) };
    case 'group':
      return find(filter.by, filter.value) ?? filter;
    default:
      return filter;
  }
}

function traceFlag(flag: Flag, facts: TraceFacts): boolean {
  switch (flag) {
    case 'throttle':
      return facts.throttle === true;
    case 'partial':
      return facts.partial === true;
    case 'inferred':
      return facts.inferred === true;
    default:
      return entityFlag(flag, facts.root);
  }
}

function entityFlag(flag: Flag, entity: EntityFact & Partial<SegmentFact>): boolean {
  switch (flag) {
    case 'ok':
      return !entity.error && !entity.fault && !entity.throttle;
    case 'error':
    case 'fault':
    case 'throttle':
    case 'inferred':
    case 'root':
      return entity[flag] === true;
    case 'partial':
      return entity.inProgress === true;
    default:
      return false;
  }
}

function traceNumber(keyword: string, facts: TraceFacts): number | undefined {
  if (keyword === 'duration') return (facts.endUs - facts.startUs) / 1e6;
  return entityNumber(keyword, facts.root);
}

function entityNumber(keyword: string, entity: EntityFact): number | undefined {
  if (keyword === 'http.status') return entity.http?.status;
  return entity.responseUs === undefined ? undefined : entity.responseUs / 1e6;
}

function traceTexts(keyword: string, facts: TraceFacts): readonly string[] {
  switch (keyword) {
    case 'user':
      return facts.users.map((user) => user.name);
    case 'account.id':
      return facts.services.flatMap((service) => service.account ?? []);
    case 'availabilityzone':
      return facts.zones;
    case 'instance.id':
      return facts.instances;
    case 'resource.arn':
      return facts.arns;
    default:
      return httpText(keyword, facts.root);
  }
}

function httpText(keyword: string, entity: EntityFact): readonly string[] {
  const http = entity.http;
  const value = {
    'http.url': http?.url,
    'http.method': http?.method,
    'http.useragent': http?.agent,
    'http.clientip': http?.ip,
  }[keyword];
  return value === undefined ? [] : [value];
}

function entityMatches(filter: Filter, entity: SegmentFact, facts: TraceFacts): boolean {
  switch (filter.type) {
    case 'and':
      return filter.of.every((part) => entityMatches(part, entity, facts));
    case 'or':
      return filter.of.some((part) => entityMatches(part, entity, facts));
    case 'not':
      return !entityMatches(filter.of, entity, facts);
    case 'flag':
      return entityFlag(filter.flag, entity);
    case 'number':
      return numberTest(entityNumber(filter.keyword, entity), filter.test);
    case 'text':
      return entityTexts(filter.keyword, entity, facts).some((it) => textTest(it, filter.test));
    default:
      return false;
  }
}

function entityTexts(keyword: string, entity: SegmentFact, facts: TraceFacts): readonly string[] {
  const service = facts.services[entity.service];
  const some = (value: string | undefined): string[] => (value === undefined ? [] : [value]);
  switch (keyword) {
    case 'name':
      return some(service?.name);
    case 'type':
      return some(service?.type);
    case 'account.id':
      return some(service?.account);
    case 'user':
      return some(entity.user);
    default:
      return httpText(keyword, entity);
  }
}

/** An empty selector takes everything, also the client, which is no service. */
function selects(selector: Selector, service: Service | undefined): boolean {
  return (
    (selector.name === undefined || selector.name === service?.name) &&
    (selector.type === undefined || selector.type === service?.type) &&
    (selector.account === undefined || selector.account === service?.account)
  );
}

function numberTest(
  actual: number | undefined,
  test: { op: Operator; value: number } | undefined,
): boolean {
  if (actual === undefined) return false;
  return test === undefined || compareNumbers(actual, test.op, test.value);
}

function compareNumbers(actual: number, op: Operator, value: number): boolean {
  switch (op) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
    default:
      return false;
  }
}

function textTest(
  actual: string | undefined,
  test: { op: Operator; value: string } | undefined,
): boolean {
  if (actual === undefined) return false;
  if (!test) return true;
  switch (test.op) {
    case '=':
      return actual === test.value;
    case '!=':
      return actual !== test.value;
    case 'contains':
      return actual.includes(test.value);
    case 'beginswith':
      return actual.startsWith(test.value);
    case 'endswith':
      return actual.endsWith(test.value);
    default:
      return false;
  }
}

/** A bare key means that it is set; a bare boolean key means that it is true. */
function valueTest(
  annotation: AnnotationFact,
  test: { op: Operator; value: FilterValue } | undefined,
): boolean {
  const { value } = annotation;
  if (!test) return value !== false;
  if (typeof value === 'string' && typeof test.value === 'string') {
    return textTest(value, { op: test.op, value: test.value });
  }
  if (typeof value === 'number' && typeof test.value === 'number') {
    return compareNumbers(value, test.op, test.value);
  }
  if (typeof value === 'boolean' && typeof test.value === 'boolean') {
    return test.op === '=' ? value === test.value : test.op === '!=' && value !== test.value;
  }
  return false;
}

function causes(kind: 'fault' | 'error' | 'responsetime', facts: TraceFacts): readonly CauseFact[] {
  if (kind === 'fault') return facts.faultCauses;
  return kind === 'error' ? facts.errorCauses : facts.responseCauses;
}

/** One element of the list that a `rootcause` keyword looks at. */
interface CauseItem {
  readonly name: string | undefined;
  readonly message?: string | undefined;
  readonly service?: Service | undefined;
  readonly inferred?: boolean | undefined;
  readonly entity?: CauseEntity | undefined;
}

function causeMatches(
  filter: Extract<Filter, { type: 'rootcause' }>,
  cause: CauseFact,
  facts: TraceFacts,
): boolean {
  const items = causeItems(filter.level, cause, facts);
  const where = filter.where;
  if (!where) return items.length > 0;
  return items.some((item, index) => itemMatches(where, item, index, items.length));
}

function causeItems(level: string, cause: CauseFact, facts: TraceFacts): CauseItem[] {
  if (level === 'service') {
    return cause.services.map(({ service, inferred }) => {
      const found = facts.services[service];
      return { name: found?.name, service: found, inferred };
    });
  }
  const entities = cause.services.flatMap(({ path }) => path);
  if (level === 'entity') return entities.map((entity) => ({ name: entity.name, entity }));
  return entities.flatMap((entity) =>
    (entity.exceptions ?? []).map(({ name, message }) => ({ name, message, entity })),
  );
}

function itemMatches(filter: Filter, item: CauseItem, index: number, count: number): boolean {
  switch (filter.type) {
    case 'and':
      return filter.of.every((part) => itemMatches(part, item, index, count));
    case 'or':
      return filter.of.some((part) => itemMatches(part, item, index, count));
    case 'not':
      return !itemMatches(filter.of, item, index, count);
    case 'flag':
      if (filter.flag === 'first') return index === 0;
      if (filter.flag === 'last') return index === count - 1;
      return filter.flag === 'remote' ? item.entity?.remote === true : item.inferred === true;
    case 'number':
      return numberTest(filter.keyword === 'index' ? index : item.entity?.coverage, filter.test);
    case 'text':
      return textTest(itemText(filter.keyword, item), filter.test);
    default:
      return false;
  }
}

function itemText(keyword: string, item: CauseItem): string | undefined {
  if (keyword === 'name') return item.name;
  if (keyword === 'message') return item.message;
  return keyword === 'type' ? item.service?.type : item.service?.account;
}

interface PatternService {
  readonly Name?: string;
  readonly Type?: string;
  readonly AccountId?: string;
  readonly EntityPath?: readonly { readonly Name?: string }[];
}

/** Same lengths, and every member that is given equal; what is left out matches anything. */
function sameShape(patterns: readonly unknown[], cause: CauseFact, facts: TraceFacts): boolean {
  return patterns.some((pattern) => {
    const services = (pattern as { Services?: readonly PatternService[] } | null)?.Services;
    if (!Array.isArray(services) || services.length !== cause.services.length) return false;
    return services.every((wanted: PatternService, at) => {
      const { service, path } = cause.services[at]!;
      return samePart(wanted, facts.services[service], path);
    });
  });
}

function samePart(
  wanted: PatternService | null,
  service: Service | undefined,
  path: readonly CauseEntity[],
): boolean {
  if (!wanted) return false;
  const { Name, Type, AccountId, EntityPath } = wanted;
  if (Name !== undefined && Name !== service?.name) return false;
  if (Type !== undefined && Type !== service?.type) return false;
  if (AccountId !== undefined && AccountId !== service?.account) return false;
  if (EntityPath === undefined) return true;
  if (!Array.isArray(EntityPath) || EntityPath.length !== path.length) return false;
  return EntityPath.every(
    (entity, at) => entity?.Name === undefined || entity.Name === path[at]!.name,
  );
}
