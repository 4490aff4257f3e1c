/**
 * Decides what of our own work is traced. A decision in the request's header is obeyed; where there
 * is none, everything is traced, or the sampling rules decide.
 */
import { type Place, placeKey } from '../../ground/arn.ts';
import { newTraceId } from '../../ground/id.ts';
import type { Tools } from '../../ground/tools.ts';
import { parseHeader } from '../../trace/header.ts';
import { decide, type Reservoir, ruleFor } from '../../trace/sampling.ts';
import type { Sample } from '../lambda/ports.ts';
import type { SamplingRules } from './rules.ts';

export interface SamplerDeps {
  /** `all`: whatever has tracing on; `aws`: by the rules. */
  readonly mode: 'all' | 'aws';
  readonly rules: SamplingRules;
  readonly tools: Pick<Tools, 'now' | 'random' | 'uuid'>;
}

export interface SampledService {
  readonly serviceName: string;
  /** `origin` of its segments. */
  readonly serviceType: string;
  readonly resourceARN: string;
}

export class Sampler {
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

  /** For an invocation of a function: the whole of what its header says, or what it should say. */
  readonly sampleFunction: Sample = ({ place, functionName, functionArn, header }) => {
    const { tools } = this.#deps;
    const given = header === undefined ? undefined : parseHeader(header);
    const traceId = given?.root ?? newTraceId(tools);
    const parent = given?.parent === undefined ? {} : { parentId: given.parent };
    // A root that is no trace id comes from a caller whose tracing is off.
    if (given?.rootInvalid || given?.sampled === '0') return { sampled: false, traceId, ...parent };
    if (given?.sampled === '1') return { sampled: true, traceId, ...parent };
    const sampled = this.sample(place, {
      serviceName: functionName,
      serviceType: 'AWS::Lambda::Function',
      resourceARN: functionArn,
    });
    return { sampled, traceId, ...parent };
  };
}
