/** What a SQLite database can do. */
import type { Capabilities } from '../database.ts';

/** The lock of the data folder keeps other processes away. */
export const ONE_PROCESS: Capabilities = { processes: 'one' };

/** A connection that several share as if each had a process of its own. */
export const SEVERAL_PROCESSES: Capabilities = { ...ONE_PROCESS, processes: 'several' };
