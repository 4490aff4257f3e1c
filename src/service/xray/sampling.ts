/** Operations on sampling rules, and what polling clients ask. */
import type { Place } from '../../ground/arn.ts';
import { SAMPLING_INTERVAL_SECONDS } from '../../trace/limits.ts';
import type { SamplingRule } from '../../trace/sampling.ts';
import type { XrayHandlers, XrayParts } from './deps.ts';
import { invalid, readOffset } from './faults.ts';
import { type RuleChange, ruleArn, type StoredRule } from './rules.ts';
import { withTagList } from './tags.ts';

type In<K extends keyof XrayHandlers> = Parameters<NonNullable<XrayHandlers[K]>>[0];
type RuleInput = NonNullable<In<'CreateSamplingRule'>['SamplingRule']>;
type UpdateInput = NonNullable<In<'UpdateSamplingRule'>['SamplingRuleUpdate']>;

export function samplingHandlers(parts: XrayParts) {
  const { rules, targets, clock } = parts;
  return {
    CreateSamplingRule: async ({ SamplingRule: input, Tags: given }, place) => {
      if (input!.Version !== 1) throw invalid('Version must be 1.');
      if (input!.RuleName === undefined) throw invalid('RuleName is required.');
      const tags = withTagList({}, given, input!.RuleName);
      const stored = await rules.create(place, ruleOf(input!), { boost: boostOf(input!), tags });
      return { SamplingRuleRecord: record(place, stored) };
    },
    GetSamplingRules: async ({ NextToken: token }, place) => {
      readOffset('GetSamplingRules', token);
      return {
        SamplingRuleRecords: rules.list(place).map((stored) => record(place, stored)),
      };
    },
    UpdateSamplingRule: async ({ SamplingRuleUpdate: input }, place) => {
      const stored = await rules.update(place, input!, changeOf(input!));
      return { SamplingRuleRecord: record(place, stored) };
    },
    DeleteSamplingRule: async (input, place) => {
      const stored = await rules.delete(place, input);
      return { SamplingRuleRecord: record(place, stored) };
    },
    GetSamplingTargets: (input, place) => samplingTargets(parts, input, place),
    GetSamplingStatisticSummaries: async ({ NextToken: token }, place) => {
      readOffset('GetSamplingStatisticSummaries', token);
      return {
        SamplingStatisticSummaries: targets.summaries(place, clock.now()).map((summary) => ({
          RuleName: summary.ruleName,
          Timestamp: new Date(summary.at),
          RequestCount: summary.requests,
          BorrowCount: summary.borrowed,
          SampledCount: summary.sampled,
        })),
      };
    },
  } satisfies XrayHandlers;
}

/** Clients throw the whole answer away where a member or a number is missing. */
async function samplingTargets(parts: XrayParts, input: In<'GetSamplingTargets'>, place: Place) {
  const { rules, targets, clock } = parts;
  const now = clock.now();
  const documents = [];
  const unprocessed = [];
  for (const report of input.SamplingStatisticsDocuments ?? []) {
    const ruleName = report.RuleName!;
    const stored = rules.get(place, ruleName);
    if (!stored) {
      unprocessed.push({
        RuleName: ruleName,
        ErrorCode: 'InvalidRequestException',
        Message: `Sampling rule ${ruleName} does not exist.`,
      });
      continue;
    }
    const target = targets.report(
      place,
      stored,
      {
        ruleName,
        clientId: report.ClientID!,
        requests: report.RequestCount ?? 0,
        sampled: report.SampledCount ?? 0,
        borrowed: report.BorrowCount ?? 0,
      },
      now,
    );
    documents.push({
      RuleName: ruleName,
      FixedRate: stored.rule.fixedRate,
      ReservoirQuota: target.quota,
      ReservoirQuotaTTL: new Date(Math.floor(target.validUntil / 1000) * 1000),
      Interval: SAMPLING_INTERVAL_SECONDS,
    });
  }
  return {
    SamplingTargetDocuments: documents,
    LastRuleModification: new Date(Math.floor(rules.lastModified(place) / 1000) * 1000),
    UnprocessedStatistics: unprocessed,
    UnprocessedBoostStatistics: [],
  };
}

function ruleOf(input: RuleInput): SamplingRule {
  return {
    name: input.RuleName!,
    priority: input.Priority!,
    fixedRate: input.FixedRate!,
    reservoirSize: input.ReservoirSize!,
    serviceName: input.ServiceName!,
    serviceType: input.ServiceType!,
    host: input.Host!,
    httpMethod: input.HTTPMethod!,
    urlPath: input.URLPath!,
    resourceArn: input.ResourceARN!,
    attributes: input.Attributes ?? {},
  };
}

function changeOf(input: UpdateInput): RuleChange {
  const boost = boostOf(input);
  const change: Record<string, unknown> = {
    priority: input.Priority,
    fixedRate: input.FixedRate,
    reservoirSize: input.ReservoirSize,
    serviceName: input.ServiceName,
    serviceType: input.ServiceType,
    host: input.Host,
    httpMethod: input.HTTPMethod,
    urlPath: input.URLPath,
    resourceArn: input.ResourceARN,
    attributes: input.Attributes,
  };
  return { ...change, ...(boost && { boost }) };
}

function boostOf(input: RuleInput | UpdateInput): StoredRule['boost'] {
  const boost = input.SamplingRateBoost;
  if (!boost) return undefined;
  return { MaxRate: boost.MaxRate!, CooldownWindowMinutes: boost.CooldownWindowMinutes! };
}

function record(place: Place, { rule, boost, createdAt, modifiedAt }: StoredRule) {
  return {
    SamplingRule: {
      RuleName: rule.name,
      RuleARN: ruleArn(place, rule.name),
      ResourceARN: rule.resourceArn,
      Priority: rule.priority,
      FixedRate: rule.fixedRate,
      ReservoirSize: rule.reservoirSize,
      ServiceName: rule.serviceName,
      ServiceType: rule.serviceType,
      Host: rule.host,
      HTTPMethod: rule.httpMethod,
      URLPath: rule.urlPath,
      Version: 1,
      Attributes: rule.attributes,
      ...(boost && { SamplingRateBoost: boost }),
    },
    CreatedAt: new Date(createdAt),
    ModifiedAt: new Date(modifiedAt),
  };
}
