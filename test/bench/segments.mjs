/** PutTraceSegments over HTTP: 50 segments a call, each trace of two segments with subsegments. */
import { randomBytes } from 'node:crypto';
import { load, restJson } from './load.mjs';
import { startServer } from './server.mjs';

const PER_CALL = 50;
const CALLS = 2000;

const hex = (bytes) => randomBytes(bytes).toString('hex');

function body() {
  const now = Date.now() / 1000;
  const documents = [];
  for (let n = 0; n < PER_CALL / 2; n++) {
    const trace_id = `1-${Math.floor(now).toString(16)}-${hex(12)}`;
    const id = hex(8);
    const call = {
      id: hex(8),
      name: 'Lambda',
      namespace: 'aws',
      start_time: now,
      end_time: now + 0.02,
      aws: { operation: 'Invoke', function_name: `fn-${n % 10}` },
    };
    documents.push({
      trace_id,
      id,
      name: `machine-${n % 5}`,
      origin: 'AWS::StepFunctions::StateMachine',
      start_time: now,
      end_time: now + 0.03,
      annotations: { customer: n % 7 },
      subsegments: [call],
    });
    documents.push({
      trace_id,
      id: hex(8),
      parent_id: call.id,
      name: `fn-${n % 10}`,
      origin: 'AWS::Lambda',
      start_time: now,
      end_time: now + 0.02,
      http: { response: { status: 200 } },
    });
  }
  return JSON.stringify({ TraceSegmentDocuments: documents.map((one) => JSON.stringify(one)) });
}

export async function measure() {
  const server = await startServer();
  const bodies = Array.from({ length: CALLS }, body);
  const job = { port: server.port, path: '/TraceSegments', headers: restJson('xray') };
  const { writeFileSync } = await import('node:fs');
  const file = `${server.data}/bodies.json`;
  writeFileSync(file, JSON.stringify(bodies));
  const result = await load({ ...job, bodiesFile: file, connections: 8, total: CALLS });
  await server.stop();
  const value = (PER_CALL * CALLS) / result.seconds;
  return [
    { name: 'PutTraceSegments, 50 segments a call', value, unit: 'segments/s', floor: 30_000 },
  ];
}
