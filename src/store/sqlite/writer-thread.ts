/**
 * The writer thread of one SQLite file: each batch it is given becomes one transaction. Of a
 * database in memory it also answers the reads, since no second connection could see it.
 */
import { parentPort } from 'node:worker_threads';
import { type Batch, BatchReader } from './batch.ts';
import { SqliteConnection } from './connection.ts';
import { type Failure, type ReadRequest, type Reply, type Request, toFailure } from './messages.ts';

const port = parentPort!;
const batches = new BatchReader();
let connection: SqliteConnection;

function reply(message: Reply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function write(batch: Batch): void {
  const exceptions: [number, 'conflict' | Failure][] = [];
  let failure: Failure | undefined;
  try {
    const outcomes = connection.commit(batches.open(batch));
    outcomes.forEach((outcome, index) => {
      if (outcome === 'ok') return;
      exceptions.push([index, outcome === 'conflict' ? outcome : toFailure(outcome)]);
    });
  } catch (error) {
    failure = toFailure(error);
  }
  reply({ kind: 'batch', buffer: batch.buffer, exceptions, failure }, [batch.buffer]);
}

function read({ id, sql, params }: ReadRequest): void {
  try {
    reply({ kind: 'rows', id, rows: connection.read(sql, params), failure: undefined });
  } catch (error) {
    reply({ kind: 'rows', id, rows: [], failure: toFailure(error) });
  }
}

port.on('message', (request: Request) => {
  if (request.kind === 'batch') {
    write(request);
  } else if (request.kind === 'read') {
    read(request);
  } else if (request.kind === 'open') {
    try {
      connection = new SqliteConnection(request.options);
      reply({ kind: 'opened', failure: undefined });
    } catch (error) {
      reply({ kind: 'opened', failure: toFailure(error) });
    }
  } else {
    connection?.close();
    port.close();
  }
});
