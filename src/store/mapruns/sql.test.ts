import { expect, test } from 'vitest';
import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { newMapRun } from '../../execution/maprun.ts';
import type { Database } from '../database.ts';
import { sampleHead, started, T0 } from '../executions/contract-samples.ts';
import { executionMigrations } from '../executions/migrations.ts';
import { sqlExecutionStore } from '../executions/sql.ts';
import { openSqliteInProcess } from '../sqlite/in-process.ts';
import { exerciseMapRunStore } from './contract.ts';
import { sqlMapRunStore } from './sql.ts';

const migrations = { executions: executionMigrations };

const open = async (db: Database) => ({
  mapRuns: sqlMapRunStore(db),
  executions: await sqlExecutionStore(db),
});

onEveryDatabase('map runs', migrations, open, exerciseMapRunStore);

test('a Map Run goes with its execution, its children only when it is over', async () => {
  const db = await openSqliteInProcess({ migrations });
  const { mapRuns, executions } = await open(db);
  const closed = { head: { status: 'SUCCEEDED', stoppedAt: T0 } } as const;
  const parent = await started(executions);
  const order = {
    arn: 'arn:run',
    label: 'L',
    stateName: 'M',
    executionType: 'STANDARD',
    maxConcurrency: 0,
  } as const;
  const { account, region, machineArn, machineName } = sampleHead(parent);
  const run = {
    ...{ id: 900, account, region, machineArn, machineName, order, arn: order.arn, seq: 0 },
    execution: { id: parent, arn: 'arn:p', scope: '' },
    state: newMapRun(order, 1, T0),
  };
  await mapRuns.create(run);
  await started(executions, { mapRunArn: run.arn }, closed);
  expect(await executions.prune(T0 + 1, 10)).toBe(0);
  const state = { ...run.state, stage: 'closed' } as const;
  await mapRuns.commit({ run: run.id, expectedSeq: 0, state, counted: [] });
  expect(await executions.prune(T0 + 1, 10)).toBe(1);
  await executions.commit({
    ...{ execution: parent, expectedSeq: 1, records: [], ...closed },
    work: { cancel: [], remove: [], put: [], clear: true },
  });
  expect(await executions.prune(T0 + 1, 10)).toBe(1);
  expect(await mapRuns.byArn(run.arn)).toBeUndefined();
  await db.close();
});
