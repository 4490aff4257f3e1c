/** A database that behaves otherwise in one respect. */
import type { Database } from '../../src/store/database.ts';

export function wrapped(
  inner: Database,
  otherwise: Partial<Pick<Database, 'write' | 'read' | 'close' | 'capabilities'>>,
): Database {
  return {
    backlog: inner.backlog,
    capabilities: inner.capabilities,
    write: (unit) => inner.write(unit),
    read: (sql, params) => inner.read(sql, params),
    close: () => inner.close(),
    ...otherwise,
  };
}
