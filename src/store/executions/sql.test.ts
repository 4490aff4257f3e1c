import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { exerciseExecutionStore } from './contract.ts';
import { executionMigrations } from './migrations.ts';
import { sqlExecutionStore } from './sql.ts';

const migrations = { executions: executionMigrations };

onEveryDatabase('executions', migrations, sqlExecutionStore, exerciseExecutionStore);
