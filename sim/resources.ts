/** The names that simulated programs and their callers use. */
export const PLACE = { account: '000000000000', region: 'us-east-1' } as const;
const STATES = `arn:aws:states:${PLACE.region}:${PLACE.account}`;

export const ROLE = `arn:aws:iam::${PLACE.account}:role/simulated`;
export const ACTIVITY = `${STATES}:activity:work`;
export const MACHINE = `${STATES}:stateMachine:main`;
export const ALIAS = `${MACHINE}:live`;
export const CHILD_MACHINE = `${STATES}:stateMachine:child`;
export const RESOURCES = {
  lambda: 'arn:aws:states:::lambda:invoke',
  callback: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  child: 'arn:aws:states:::states:startExecution',
  childSync: 'arn:aws:states:::states:startExecution.sync:2',
} as const;

/** Where distributed Maps find items and leave results; nobody may write into `closed`. */
export const BUCKETS = { items: 'items', results: 'results', closed: 'closed' } as const;
export const READER_ITEMS_MAX = 4;

export const executionArn = (machine: string, name: string): string =>
  `${STATES}:execution:${machine}:${name}`;
