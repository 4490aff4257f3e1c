import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { exerciseFunctionStore } from './contract.ts';
import { functionMigrations } from './migrations.ts';
import { sqlFunctionStore } from './sql.ts';

const migrations = { functions: functionMigrations };

onEveryDatabase('functions', migrations, sqlFunctionStore, exerciseFunctionStore);
