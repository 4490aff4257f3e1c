/**
 * The reader thread: long reads of any number of SQLite files, each through a connection of its own
 * that sees the last commit and never waits for the writer.
 */
import { parentPort } from 'node:worker_threads';
import { SqliteConnection } from './connection.ts';
import { type ReadRequest, type Reply, type Request, toFailure } from './messages.ts';

const port = parentPort!;
const connections = new Map<string, SqliteConnection>();

function connectionOf(file: string): SqliteConnection {
  let connection = connections.get(file);
  if (!connection) {
    connection = new SqliteConnection({ file, readOnly: true });
    connections.set(file, connection);
  }
  return connection;
}

function read({ id, file, sql, params }: ReadRequest): Reply {
  try {
    const rows = connectionOf(file!).read(sql, params);
    return { kind: 'rows', id, rows, failure: undefined };
  } catch (error) {
    return { kind: 'rows', id, rows: [], failure: toFailure(error) };
  }
}

port.on('message', (request: Request) => {
  if (request.kind === 'read') {
    port.postMessage(read(request));
  } else if (request.kind === 'close') {
    for (const connection of connections.values()) connection.close();
    port.close();
  }
});
