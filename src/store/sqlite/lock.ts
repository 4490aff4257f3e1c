/**
 * One server per data folder. The lock is SQLite's own lock on an empty database file: the
 * operating system drops it when the process ends, however it ends, so no stale lock can ever
 * stand.
 */
import { join } from 'node:path';
import Libsql from 'libsql';

export interface FolderLock {
  release(): void;
}

/** Keeps the handles from being collected, which would drop the locks. */
const held = new Set<Libsql.Database>();

/** Throws an Error with one clear line where the folder is in use or cannot be written. */
export function lockFolder(folder: string): FolderLock {
  let handle: Libsql.Database;
  try {
    handle = new Libsql(join(folder, 'lock'));
    handle.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY';
    const reason = busy
      ? 'already in use by another server; stop that one or choose another folder'
      : (error as Error).message;
    throw new Error(`data folder ${folder}: ${reason}`, { cause: error });
  }
  held.add(handle);
  return {
    release() {
      if (held.delete(handle)) handle.close();
    },
  };
}
