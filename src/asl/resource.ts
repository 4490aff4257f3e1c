/**
 * A Task's `Resource` read into its parts. Forms: Step Functions developer guide, "Integrating
 * services": optimised, SDK, HTTP, Lambda function, activity.
 */
export type Pattern = 'requestResponse' | 'sync' | 'sync:2' | 'waitForTaskToken';

export interface Resource {
  /** The text of the definition. */
  readonly arn: string;
  /** `lambda`, `activity`: by their ARNs; `integration`: `arn:…:states:::…`. */
  readonly kind: 'lambda' | 'activity' | 'integration';
  /** As history events print it: `lambda`, `sqs`, `states`, `aws-sdk:dynamodb`, `http`. */
  readonly service: string;
  /** As history events print it, with its suffix: `invoke`, `startExecution.sync:2`. */
  readonly action: string;
  readonly pattern: Pattern;
}

const INTEGRATION = { kind: 'integration', pattern: 'requestResponse' } as const;

const SUFFIXES: readonly Pattern[] = ['waitForTaskToken', 'sync:2', 'sync'];

/** The parts, or undefined where the text has none of the known forms. */
export function parseResource(arn: string): Resource | undefined {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return undefined;
  if (parts[2] === 'lambda' && parts[5] === 'function' && parts[6]) {
    return { arn, kind: 'lambda', service: 'lambda', action: 'invoke', pattern: 'requestResponse' };
  }
  if (parts[2] === 'swf' && parts[5] === 'task' && parts[6]) {
    return { ...INTEGRATION, arn, service: 'swf', action: parts.slice(5).join(':') };
  }
  if (parts[2] !== 'states') return undefined;
  if (parts[5] === 'activity' && parts[6]) {
    return { arn, kind: 'activity', service: 'activity', action: '', pattern: 'requestResponse' };
  }
  return parts[5] ? parseIntegration(arn, parts.slice(5).join(':')) : undefined;
}

function parseIntegration(arn: string, rest: string): Resource | undefined {
  const suffix = SUFFIXES.find((candidate) => rest.endsWith(`.${candidate}`));
  const bare = suffix ? rest.slice(0, -suffix.length - 1) : rest;
  const cut = bare.lastIndexOf(':');
  if (cut <= 0 || cut === bare.length - 1) return undefined;
  return {
    arn,
    kind: 'integration',
    service: bare.slice(0, cut),
    action: rest.slice(cut + 1),
    pattern: suffix ?? 'requestResponse',
  };
}
