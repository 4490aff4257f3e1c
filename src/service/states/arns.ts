/** The ARNs that callers of Step Functions name things by, read and refused as AWS does. */
import { type Arn, parseArn } from '../../ground/arn.ts';
import { invalidArn, labelledArn } from './faults.ts';

export interface MachineName {
  /** As given. */
  readonly arn: string;
  /** Without version, alias and label. */
  readonly machineArn: string;
  /** A version's number or an alias's name. */
  readonly qualifier?: string;
  /** Of the state machine that a Distributed Map runs. */
  readonly label?: string;
}

function parse(text: string): Arn {
  const arn = parseArn(text);
  if (arn?.service !== 'states') throw invalidArn(`Invalid ARN prefix: ${text}`);
  return arn;
}

const typeOf = (arn: Arn): string => arn.resource.split(':', 1)[0]!;

const wrongType = (arn: Arn) =>
  invalidArn(`Resource type not valid in this context: ${typeOf(arn)}`);

/** Any ARN of a state machine. */
export function machineName(text: string): MachineName {
  const arn = parse(text);
  if (typeOf(arn) !== 'stateMachine') throw wrongType(arn);
  const [, name = '', qualifier, ...rest] = arn.resource.split(':');
  if (name === '' || qualifier === '' || rest.length > 0) {
    throw invalidArn(`Invalid ARN prefix: ${text}`);
  }
  const [base, label] = name.split('/') as [string, string?];
  const prefix = text.slice(0, text.length - arn.resource.length);
  return {
    arn: text,
    machineArn: `${prefix}stateMachine:${base}`,
    ...(qualifier !== undefined && { qualifier }),
    ...(label !== undefined && { label }),
  };
}

/** The same, refusing a labelled one. */
export function unlabelled(text: string): MachineName {
  const name = machineName(text);
  if (name.label !== undefined) throw labelledArn();
  return name;
}

/** A standard execution's ARN; Express ones are refused. */
export function executionArnOf(text: string): string {
  const arn = parse(text);
  if (typeOf(arn) !== 'execution') throw wrongType(arn);
  return text;
}

export function mapRunArnOf(text: string): string {
  const arn = parse(text);
  if (typeOf(arn) !== 'mapRun') throw wrongType(arn);
  return text;
}

export function activityArnOf(text: string): string {
  const arn = parse(text);
  if (typeOf(arn) !== 'activity') throw wrongType(arn);
  return text;
}

/** What has tags. */
export function taggableArn(text: string): { readonly arn: string; readonly known: boolean } {
  const arn = parse(text);
  const [type, , qualifier] = arn.resource.split(':');
  const known = (type === 'stateMachine' && qualifier === undefined) || type === 'activity';
  return { arn: text, known };
}
