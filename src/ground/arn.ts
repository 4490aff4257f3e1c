/** Every ARN this product mints or reads. Forms: AWS Step Functions and Lambda developer guides. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The place as the key of a map. */
export const placeKey = ({ account, region }: Place): string => `${account} ${region}`;

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the account, for example `stateMachine:NAME`. */
  readonly resource: string;
}

/** Splits an ARN into its six parts, or undefined where the text is none. */
export function parseArn(text: string): Arn | undefined {
  const parts = text.split(':');
  if (parts.length < 6 || parts[0] !== 'arn' || !parts[1] || !parts[2]) return undefined;
  const [, partition, service, region, account] = parts as [string, string, string, string, string];
  const resource = parts.slice(5).join(':');
  return resource ? { partition, service, region, account, resource } : undefined;
}

/** Partitions other than `aws`, by how the names of their regions begin. */
const PARTITIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'aws-cn'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
];

/** The group of regions that a region belongs to (AWS General Reference, Amazon Resource Names). */
export function partitionOf(region: string): string {
  return PARTITIONS.find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}

/** The ARN of something in a place, in the partition of its region. */
export const arnOf = ({ region, account }: Place, service: string, resource: string): string =>
  `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;

/** IAM knows no regions; the partition is that of the place from which it is asked. */
export const iamArn = ({ region, account }: Place, resource: string): string =>
  `arn:${partitionOf(region)}:iam::${account}:${resource}`;

const states = (place: Place, resource: string): string => arnOf(place, 'states', resource);

export const stateMachineArn = (place: Place, name: string): string =>
  states(place, `stateMachine:${name}`);
export const executionArn = (place: Place, machine: string, name: string): string =>
  states(place, `execution:${machine}:${name}`);
export const expressArn = (place: Place, machine: string, name: string, uuid: string): string =>
  states(place, `express:${machine}:${name}:${uuid}`);
/** Of the execution that is made up around a tested state (recorded form). */
export const testedArn = (place: Place, machine: string, name: string): string =>
  states(place, `express:${machine}:${name}`);
export const activityArn = (place: Place, name: string): string =>
  states(place, `activity:${name}`);
export const mapRunArn = (place: Place, machine: string, label: string, uuid: string): string =>
  states(place, `mapRun:${machine}/${label}:${uuid}`);
export const functionArn = (place: Place, name: string): string =>
  arnOf(place, 'lambda', `function:${name}`);
export const logGroupArn = (place: Place, name: string): string =>
  arnOf(place, 'logs', `log-group:${name}`);
