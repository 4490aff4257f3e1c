/**
 * The built console as static files under /console/, with the page itself for every path that is no
 * file. Each file is read and compressed once and kept in memory; the whole console is a few MB.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const PREFIX = '/console';
const COMPRESS_FROM_BYTES = 1024;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/** Nothing is loaded from elsewhere, nobody may frame us; styles are also set by scripts. */
const SECURITY = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

type Encoding = 'identity' | 'gzip' | 'br';

interface Entry {
  readonly type: string;
  readonly etag: string;
  readonly compressible: boolean;
  readonly bodies: Map<Encoding, Promise<Buffer>>;
}

export class ConsoleFiles {
  readonly #root: string;
  readonly #entries = new Map<string, Entry>();

  /** `root`: the folder of the built console. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Answers requests for /console…; false where the path is not ours. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (path === PREFIX) {
      response.writeHead(308, { location: `${PREFIX}/` }).end();
    } else {
      await this.#answer(path.slice(PREFIX.length + 1), request, response);
    }
    return true;
  }

  async #answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hashed = path.startsWith('assets/');
    const entry =
      (await this.#entry(path)) ?? (hashed ? undefined : await this.#entry('index.html'));
    if (!entry) {
      const text = hashed ? 'Not found\n' : 'The console is not built. Run "npm run build".\n';
      response.writeHead(404, { 'content-type': 'text/plain' }).end(text);
      return;
    }
    const encoding = entry.compressible ? choose(request.headers['accept-encoding']) : 'identity';
    const etag = `"${entry.etag}-${encoding}"`;
    const headers: Record<string, string | number> = {
      ...SECURITY,
      'content-type': entry.type,
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      etag,
    };
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const body = await compressed(entry, encoding);
    if (encoding !== 'identity') headers['content-encoding'] = encoding;
    response.writeHead(200, { ...headers, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #entry(path: string): Promise<Entry | undefined> {
    const known = this.#entries.get(path);
    if (known) return known;
    const file = this.#locate(path);
    const body = file && (await readFile(file).catch(() => undefined));
    if (!file || !body) return undefined;
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const entry: Entry = {
      type,
      etag: createHash('sha256').update(body).digest('base64url').slice(0, 20),
      compressible: body.length >= COMPRESS_FROM_BYTES && /text|json|svg/.test(type),
      bodies: new Map([['identity', Promise.resolve(body)]]),
    };
    this.#entries.set(path, entry);
    return entry;
  }

  /** The file's place, or undefined where the path would leave the folder or is none. */
  #locate(path: string): string | undefined {
    let decoded: string;
    try {
      decoded = decodeURIComponent(path);
    } catch {
      return undefined;
    }
    if (decoded === '' || decoded.includes('\0') || decoded.includes('\\')) return undefined;
    const file = normalize(join(this.#root, decoded));
    return file.startsWith(normalize(this.#root) + sep) ? file : undefined;
  }
}

function choose(accepted: string | string[] | undefined): Encoding {
  const text = String(accepted ?? '');
  if (/\bbr\b/.test(text)) return 'br';
  return /\bgzip\b/.test(text) ? 'gzip' : 'identity';
}

async function compressed(entry: Entry, encoding: Encoding): Promise<Buffer> {
  const known = entry.bodies.get(encoding);
  if (known) return known;
  const plain = await entry.bodies.get('identity')!;
  const made =
    encoding === 'br'
      ? promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })
      : promisify(gzip)(plain);
  entry.bodies.set(encoding, made);
  return made;
}
