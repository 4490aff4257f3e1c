/** A toy: a service that keeps what is said to it. Everything that it has is in this folder. */
import type { AwsServiceKind } from '../../../src/service/aws-service.ts';
import { openEcho } from './open.ts';

export const ECHO: AwsServiceKind<{ readonly days: number }> = {
  id: 'echo',
  stores: [
    {
      name: 'echo',
      database: 'main',
      migrations: [
        {
          id: 1,
          name: 'said',
          sql: ['CREATE TABLE echo_said (id INTEGER PRIMARY KEY, text TEXT NOT NULL, at BIGINT)'],
        },
      ],
    },
  ],
  quirks: { validationCode: 'EchoValidationException' },
  open: async (house, own) => openEcho(house, own),
};
