/** State machines for the examination of a MachineStore. */
import type { StoredMachine } from './store.ts';
import type { Revision } from './versions.ts';

export const HERE = { account: '000000000000', region: 'us-east-1' };

export const sampleRevision = (more: Partial<Revision> = {}): Revision => ({
  at: 1,
  definitionHash: 'hash',
  roleArn: 'role',
  ...more,
});

export const sampleMachine = (name: string, more: Partial<StoredMachine> = {}): StoredMachine => ({
  ...HERE,
  arn: `arn:aws:states:r:a:stateMachine:${name}`,
  name,
  type: 'STANDARD',
  createdAt: 1,
  tags: [],
  revision: sampleRevision(),
  lastVersion: 0,
  ...more,
});
