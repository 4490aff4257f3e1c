/**
 * Decides what of our own work is traced where no header says it: everything, or what the sampling
 * rules choose.
 */
import { type Place, placeKey } from '../../ground/arn.ts';
import type { Tools } from '../../ground/tools.ts';
import { decide, type Reservoir, ruleFor } from '../../trace/sampling.ts';
import type { SampledService, Sampler as SamplerPort } from '../ports/traces.ts';
import type { SamplingRules } from './rules.ts';

export interface SamplerDeps {
  /** `all`: whatever has tracing on; `aws`: by the rules. */
  readonly mode: 'all' | 'aws';
  readonly rules: SamplingRules;
  readonly tools: Pick<Tools, 'now' | 'random' | 'uuid'>;
}

export class Sampler implements SamplerPort {
  readonly #deps: SamplerDeps;
  readonly #reservoirs = new Map<string, Reservoir>();

  constructor(deps: SamplerDeps) {
    this.#deps = deps;
  }

  /** For a request that nobody upstream has decided about. */
  sample(place: Place, request: SampledService): boolean {
    const { mode, rules, tools } = this.#deps;
    if (mode === 'all') return true;
    const { serviceName, serviceType, resourceARN: resourceArn } = request;
    const wanted = { serviceName, serviceType, resourceArn };
    const stored = rules.list(place).map(({ rule }) => rule);
    const rule = ruleFor(stored, wanted);
    if (!rule) return false;
    const key = `${placeKey(place)} ${rule.name}`;
    const decision = decide(rule, this.#reservoirs.get(key), tools.now(), tools.random());
    this.#reservoirs.set(key, decision.reservoir);
    return decision.sampled;
  }
}
