/** The names that simulated programs use. */
export const PLACE = { account: '000000000000', region: 'us-east-1' } as const;
const STATES = `arn:aws:states:${PLACE.region}:${PLACE.account}`;

export const ROLE = `arn:aws:iam::${PLACE.account}:role/simulated`;
export const ACTIVITY = `${STATES}:activity:work`;
export const MACHINE = `${STATES}:stateMachine:main`;
export const CHILD_MACHINE = `${STATES}:stateMachine:child`;
export const RESOURCES = {
  lambda: 'arn:aws:states:::lambda:invoke',
  callback: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  child: 'arn:aws:states:::states:startExecution',
  childSync: 'arn:aws:states:::states:startExecution.sync:2',
} as const;

export const executionArn = (machine: string, name: string): string =>
  `${STATES}:execution:${machine}:${name}`;
