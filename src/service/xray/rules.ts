/** Sampling rules as stored, per account and region. The rule named Default is always there. */
import { arnOf, type Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { Instant } from '../../ground/time.ts';
import { SAMPLING_RULES_MAX } from '../../trace/limits.ts';
import { DEFAULT_RULE, DEFAULT_RULE_NAME, type SamplingRule } from '../../trace/sampling.ts';
import type { Tags } from '../tags.ts';
import { invalid } from './faults.ts';
import { putSetting, type Setting, type SettingsCache } from './settings.ts';

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
  arnOf(place, 'xray', `sampling-rule/${name}`);

export class SamplingRules {
  readonly #settings: SettingsCache;
  readonly #now: () => Instant;

  constructor(settings: SettingsCache, now: () => Instant) {
    this.#settings = settings;
    this.#now = now;
  }

  /** By priority, then by name; Default is the last. */
  list(place: Place): StoredRule[] {
    const rules = this.#settings.list<StoredRule>(place, 'rule').map(({ value }) => value);
    if (!rules.some(({ rule }) => rule.name === DEFAULT_RULE_NAME)) rules.push(this.#default());
    return rules.sort(
      (a, b) => a.rule.priority - b.rule.priority || (a.rule.name < b.rule.name ? -1 : 1),
    );
  }

  get(place: Place, name: string): StoredRule | undefined {
    const stored = this.#settings.get<StoredRule>(place, 'rule', name);
    return stored?.value ?? (name === DEFAULT_RULE_NAME ? this.#default() : undefined);
  }

  /** When a rule was last added, changed or deleted. */
  lastModified(place: Place): Instant {
    return this.#settings.get<Instant>(place, 'rulesModified', 'all')?.value ?? 0;
  }

  async create(
    place: Place,
    rule: SamplingRule,
    more: { boost?: StoredRule['boost']; tags: Tags },
  ): Promise<StoredRule> {
    if (rule.name === '') throw invalid('RuleName is required.');
    const now = this.#now();
    const { boost, tags } = more;
    const value: StoredRule = { rule, ...(boost && { boost }), createdAt: now, modifiedAt: now };
    await this.#change(place, rule.name, (old) => {
      if (old || rule.name === DEFAULT_RULE_NAME) {
        throw invalid(`A sampling rule with the name ${rule.name} already exists.`);
      }
      const custom = this.list(place).filter((stored) => stored.rule.name !== DEFAULT_RULE_NAME);
      if (custom.length >= SAMPLING_RULES_MAX) {
        throw new Fault(
          'RuleLimitExceededException',
          `You have reached the maximum number of sampling rules (${SAMPLING_RULES_MAX}).`,
        );
      }
      return { value, tags };
    });
    return value;
  }

  async update(place: Place, name: RuleName, change: RuleChange): Promise<StoredRule> {
    const wanted = this.#find(place, name).rule.name;
    let changed: StoredRule | undefined;
    await this.#change(place, wanted, (old) => {
      const before = old?.value ?? this.#find(place, name);
      changed = changedRule(before, change, this.#now());
      return { value: changed, tags: old?.tags ?? {} };
    });
    return changed!;
  }

  async delete(place: Place, name: RuleName): Promise<StoredRule> {
    const stored = this.#find(place, name);
    if (stored.rule.name === DEFAULT_RULE_NAME) {
      throw invalid('The Default sampling rule cannot be deleted.');
    }
    await this.#change(place, stored.rule.name, () => undefined);
    return stored;
  }

  async retag(place: Place, name: string, change: (old: Tags) => Tags): Promise<void> {
    await this.#settings.change<StoredRule>(place, 'rule', name, (old) => {
      const value = old?.value ?? this.#find(place, { RuleName: name });
      return { value, tags: change(old?.tags ?? {}) };
    });
  }

  tagsOf(place: Place, name: string): Tags {
    return this.#settings.get(place, 'rule', name)?.tags ?? {};
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

  #change(
    place: Place,
    name: string,
    next: (old: Setting<StoredRule> | undefined) => Setting<StoredRule> | undefined,
  ): Promise<void> {
    const modified = putSetting(place, 'rulesModified', 'all', this.#now());
    return this.#settings.change(place, 'rule', name, next, [modified]);
  }

  #default(): StoredRule {
    return { rule: DEFAULT_RULE, createdAt: 0, modifiedAt: 0 };
  }
}

function changedRule(before: StoredRule, change: RuleChange, now: Instant): StoredRule {
  const { rule, boost, createdAt } = before;
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
  return {
    rule: { ...rule, ...given },
    ...(kept && { boost: kept }),
    createdAt,
    modifiedAt: now,
  };
}
