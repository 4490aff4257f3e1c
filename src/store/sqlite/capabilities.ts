/** What a SQLite database can do. */
import type { Capabilities } from '../database.ts';

const USED = `SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;
/** So many pages that no commit stands behind it for long. */
const GIVE_BACK = 'PRAGMA incremental_vacuum(2000)';

/** The lock of the data folder keeps other processes away. */
export const ONE_PROCESS: Capabilities = {
  processes: 'one',
  vacuum: { used: { sql: USED, params: [] }, giveBack: { sql: GIVE_BACK, params: [] } },
};

/** A connection that several share as if each had a process of its own. */
export const SEVERAL_PROCESSES: Capabilities = { ...ONE_PROCESS, processes: 'several' };
