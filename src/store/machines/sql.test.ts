import { onEveryDatabase } from '../../../test/support/every-database.ts';
import { exerciseMachineStore } from './contract.ts';
import { machineMigrations } from './migrations.ts';
import { sqlMachineStore } from './sql.ts';

const migrations = { machines: machineMigrations };

onEveryDatabase('machines', migrations, sqlMachineStore, exerciseMachineStore);
