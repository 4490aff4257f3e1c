/** Sampling rules as stored, per account and region. The rule named Default is always there. */
import type { Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { Instant } from '../../ground/time.ts';
import { SAMPLING_RULES_MAX } from '../../trace/limits.ts';
import { DEFAULT_RULE, DEFAULT_RULE_NAME, type SamplingRule } from '../../trace/sampling.ts';
import { invalid } from './faults.ts';
import type { SettingsCache } from './settings.ts';

export interface StoredRule {
  readonly rule: SamplingRule;
  readonly boost?: { readonly MaxRate: number; readonly CooldownWindowMinutes: number };
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

export type RuleChange = Partial<Omit<SamplingRule, 'name'>> & Pick<StoredRule, 'boost'>;

/** A rule is named by its name or its ARN, never both. */
export interface RuleName {
  readonly RuleName?: string | undefined;
  readonly RuleARN?: string | undefined;
}

export const ruleArn = (place: Place, name: string): string =>
  `arn:aws:xray:${place.region}:${place.account}:sampling-rule/${name}`;

export class SamplingRules {
  readonly #settings: SettingsCache;
  readonly #now: () => Instant;

  constructor(settings: SettingsCache, now: () => Instant) {
    this.#settings = settings;
    this.#now = now;
  }

  /** By priority, then by name; Default is the last. */
  list(place: Place): StoredRule[] {
    const rules = this.#settings.list<StoredRule>(place, 'rule');
    if (!rules.some(({ rule }) => rule.name === DEFAULT_RULE_NAME)) rules.push(this.#default());
    return rules.sort(
      (a, b) => a.rule.priority - b.rule.priority || (a.rule.name < b.rule.name ? -1 : 1),
    );
  }

  get(place: Place, name: string): StoredRule | undefined {
    const stored = this.#settings.get<StoredRule>(place, 'rule', name);
    return stored ?? (name === DEFAULT_RULE_NAME ? this.#default() : undefined);
  }

  /** When a rule was last added, changed or deleted. */
  lastModified(place: Place): Instant {
    return this.#settings.get<Instant>(place, 'rulesModified', 'all') ?? 0;
  }

  async create(place: Place, rule: SamplingRule, boost?: StoredRule['boost']): Promise<StoredRule> {
    if (rule.name === '') throw invalid('RuleName is required.');
    if (this.get(place, rule.name)) {
      throw invalid(`A sampling rule with the name ${rule.name} already exists.`);
    }
    const custom = this.list(place).filter((stored) => stored.rule.name !== DEFAULT_RULE_NAME);
    if (custom.length >= SAMPLING_RULES_MAX) {
      throw new Fault(
        'RuleLimitExceededException',
        `You have reached the maximum number of sampling rules (${SAMPLING_RULES_MAX}).`,
      );
    }
    const now = this.#now();
    const stored = { rule, ...(boost && { boost }), createdAt: now, modifiedAt: now };
    await this.#save(place, stored);
    return stored;
  }

  async update(place: Place, name: RuleName, change: RuleChange): Promise<StoredRule> {
    const { rule, boost, createdAt } = this.#find(place, name);
    const { boost: newBoost, ...changes } = change;
    const given = Object.fromEntries(
      Object.entries(changes).filter(([, value]) => value !== undefined),
    );
    if (rule.name === DEFAULT_RULE_NAME) {
      const fixed = Object.keys(given).filter(
        (key) => key !== 'fixedRate' && key !== 'reservoirSize',
      );
      if (fixed.length > 0) {
        throw invalid('Only FixedRate and ReservoirSize of the Default rule can be changed.');
      }
    }
    const kept = newBoost ?? boost;
    const stored: StoredRule = {
      rule: { ...rule, ...given },
      ...(kept && { boost: kept }),
      createdAt,
      modifiedAt: this.#now(),
    };
    await this.#save(place, stored);
    return stored;
  }

  async delete(place: Place, name: RuleName): Promise<StoredRule> {
    const stored = this.#find(place, name);
    if (stored.rule.name === DEFAULT_RULE_NAME) {
      throw invalid('The Default sampling rule cannot be deleted.');
    }
    await this.#settings.save(place, [this.#modified()]);
    await this.#settings.remove(place, 'rule', stored.rule.name);
    return stored;
  }

  #find(place: Place, { RuleName: name, RuleARN: arn }: RuleName): StoredRule {
    if ((name === undefined) === (arn === undefined)) {
      throw invalid('Specify a rule by either name or ARN, but not both.');
    }
    const wanted = name ?? arn!.slice(arn!.indexOf('sampling-rule/') + 'sampling-rule/'.length);
    const stored = this.get(place, wanted);
    if (!stored || (arn !== undefined && arn !== ruleArn(place, wanted))) {
      throw invalid(`Sampling rule ${name ?? arn} does not exist.`);
    }
    return stored;
  }

  #save(place: Place, stored: StoredRule): Promise<void> {
    const rule = { kind: 'rule', name: stored.rule.name, value: stored } as const;
    return this.#settings.save(place, [rule, this.#modified()]);
  }

  #modified(): { kind: 'rulesModified'; name: string; value: Instant } {
    return { kind: 'rulesModified', name: 'all', value: this.#now() };
  }

  #default(): StoredRule {
    return { rule: DEFAULT_RULE, createdAt: 0, modifiedAt: 0 };
  }
}
