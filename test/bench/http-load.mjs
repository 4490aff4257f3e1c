/**
 * A load client that is cheaper than the server: raw keep-alive sockets, requests rendered once,
 * answers only scanned for their status and length. One request in flight per connection.
 *
 * node http-load.mjs '{"port":…,"path":"/","headers":{…},"bodies":["…"],"connections":64,"total":10000}'
 * `bodiesFile` names a file with the bodies where they are too long for a command line. It
 * prints one line of JSON: seconds, ok, failed, p50Ms, p99Ms.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const job = JSON.parse(process.argv[2]);
const { port, path = '/', method = 'POST', headers, connections, total } = job;
const bodies = job.bodies ?? JSON.parse(readFileSync(job.bodiesFile, 'utf8'));
const head =
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

/** `#` in a body becomes the request's number, so that every request may be different. */
function render(number) {
  const body = bodies[number % bodies.length].replaceAll('#', String(number));
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const requests = Array.from({ length: total }, (_, number) => Buffer.from(render(number)));
const latencies = new Float64Array(total);
let next = 0;
let ok = 0;
let failed = 0;
let firstFailure = '';

function openConnection() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let sentAt = 0;
    let current = -1;
    let buffered = Buffer.alloc(0);
    const send = () => {
      if (next >= total) {
        socket.end();
        resolve();
        return;
      }
      current = next++;
      sentAt = performance.now();
      socket.write(requests[current]);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      buffered = buffered.length ? Buffer.concat([buffered, chunk]) : chunk;
      const end = buffered.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = buffered.toString('latin1', 0, end);
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (buffered.length < end + 4 + length) return;
      latencies[current] = performance.now() - sentAt;
      if (text.startsWith('HTTP/1.1 200')) ok++;
      else {
        failed++;
        firstFailure ||= buffered.toString('utf8').slice(0, 600);
      }
      buffered = Buffer.alloc(0);
      send();
    });
  });
}

const started = performance.now();
await Promise.all(Array.from({ length: connections }, openConnection));
const seconds = (performance.now() - started) / 1000;
latencies.sort();
const at = (share) => latencies[Math.min(total - 1, Math.floor(total * share))];
console.log(JSON.stringify({ seconds, ok, failed, firstFailure, p50Ms: at(0.5), p99Ms: at(0.99) }));
