/**
 * Whether an invocation is traced: as its header says, else as the sampling decides. The answer is
 * the whole of what the header says, or what it should say.
 */
import { newTraceId } from '../../ground/id.ts';
import type { Tools } from '../../ground/tools.ts';
import { parseHeader } from '../../trace/header.ts';
import type { Sampler } from '../ports/traces.ts';
import type { Sample } from './ports.ts';

export function functionSample(
  sampler: Sampler,
  tools: Pick<Tools, 'now' | 'random' | 'uuid'>,
): Sample {
  return ({ place, functionName, functionArn, header }) => {
    const given = header === undefined ? undefined : parseHeader(header);
    const traceId = given?.root ?? newTraceId(tools);
    const parent = given?.parent === undefined ? {} : { parentId: given.parent };
    // A root that is no trace id comes from a caller whose tracing is off.
    if (given?.rootInvalid || given?.sampled === '0') return { sampled: false, traceId, ...parent };
    if (given?.sampled === '1') return { sampled: true, traceId, ...parent };
    const sampled = sampler.sample(place, {
      serviceName: functionName,
      serviceType: 'AWS::Lambda::Function',
      resourceARN: functionArn,
    });
    return { sampled, traceId, ...parent };
  };
}
