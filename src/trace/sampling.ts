/**
 * Sampling: which rule a request falls under, and whether it is recorded. Pure: the reservoir's new
 * state is answered, never changed. Algorithm: AWS X-Ray SDKs; the split of a reservoir between
 * clients is ours, AWS does not publish its own.
 */
export interface SamplingRule {
  readonly name: string;
  readonly priority: number;
  readonly fixedRate: number;
  /** Traces per second before the fixed rate counts. */
  readonly reservoirSize: number;
  readonly serviceName: string;
  readonly serviceType: string;
  readonly host: string;
  readonly httpMethod: string;
  readonly urlPath: string;
  readonly resourceArn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is known of a request; what is not known matches every pattern. */
export interface SamplingRequest {
  readonly serviceName?: string | undefined;
  readonly serviceType?: string | undefined;
  readonly host?: string | undefined;
  readonly httpMethod?: string | undefined;
  readonly urlPath?: string | undefined;
  readonly resourceArn?: string | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** How many were taken from a reservoir in a second. */
export interface Reservoir {
  readonly second: number;
  readonly taken: number;
}

export interface SamplingDecision {
  readonly sampled: boolean;
  readonly reservoir: Reservoir;
}

export const DEFAULT_RULE_NAME = 'Default';

/** The rule that always exists: one request a second and 5% of the others. */
export const DEFAULT_RULE: SamplingRule = {
  name: DEFAULT_RULE_NAME,
  priority: 10_000,
  fixedRate: 0.05,
  reservoirSize: 1,
  serviceName: '*',
  serviceType: '*',
  host: '*',
  httpMethod: '*',
  urlPath: '*',
  resourceArn: '*',
  attributes: {},
};

/** `*` is any run of characters, `?` one; letters of either case are the same. */
export function wildcardMatches(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const actual = text.toLowerCase();
  let p = 0;
  let star = -1;
  let starAt = 0;
  for (let at = 0; at < actual.length; ) {
    if (p < wanted.length && wanted[p] === '*') {
      star = p++;
      starAt = at;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === actual[at])) {
      p++;
      at++;
    } else if (star >= 0) {
      p = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (p < wanted.length && wanted[p] === '*') p++;
  return p === wanted.length;
}

/** The rule a request falls under: by priority, then by name. */
export function ruleFor(
  rules: readonly SamplingRule[],
  request: SamplingRequest,
): SamplingRule | undefined {
  let found: SamplingRule | undefined;
  for (const rule of rules) {
    if (found && !comesBefore(rule, found)) continue;
    if (ruleMatches(rule, request)) found = rule;
  }
  return found;
}

function comesBefore(rule: SamplingRule, other: SamplingRule): boolean {
  if (rule.priority !== other.priority) return rule.priority < other.priority;
  return rule.name < other.name;
}

function ruleMatches(rule: SamplingRule, request: SamplingRequest): boolean {
  const fits = (pattern: string, value: string | undefined): boolean =>
    pattern === '*' || value === undefined || value === '' || wildcardMatches(pattern, value);
  return (
    fits(rule.serviceName, request.serviceName) &&
    fits(rule.serviceType, request.serviceType) &&
    fits(rule.host, request.host) &&
    fits(rule.httpMethod, request.httpMethod) &&
    fits(rule.urlPath, request.urlPath) &&
    fits(rule.resourceArn, request.resourceArn) &&
    Object.entries(rule.attributes).every(([key, pattern]) => {
      const value = request.attributes?.[key];
      return value !== undefined && wildcardMatches(pattern, value);
    })
  );
}

/** First the reservoir of this second, then the fixed rate. `chance` is uniform in [0, 1). */
export function decide(
  rule: Pick<SamplingRule, 'reservoirSize' | 'fixedRate'>,
  reservoir: Reservoir | undefined,
  nowMs: number,
  chance: number,
): SamplingDecision {
  const second = Math.floor(nowMs / 1000);
  const taken = reservoir?.second === second ? reservoir.taken : 0;
  if (taken < rule.reservoirSize) {
    return { sampled: true, reservoir: { second, taken: taken + 1 } };
  }
  return { sampled: chance < rule.fixedRate, reservoir: { second, taken } };
}

/**
 * Divides a reservoir between clients in proportion to their demand (requests per second), by
 * largest remainder (of equal ones the first), so that the parts add up to the whole. A client
 * without demand gets nothing, unless none has any.
 */
export function splitReservoir(size: number, demands: readonly number[]): number[] {
  const idle = demands.every((demand) => demand <= 0);
  const weights = demands.map((demand) => (idle ? 1 : demand > 0 ? Math.max(1, demand) : 0));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (size * weight) / whole);
  const parts = exact.map(Math.floor);
  let left = size - parts.reduce((sum, part) => sum + part, 0);
  const order = exact
    .map((share, at) => ({ at, rest: share - Math.floor(share) }))
    .filter(({ at }) => weights[at]! > 0)
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of order) {
    if (left <= 0) break;
    parts[at]!++;
    left--;
  }
  return parts;
}
