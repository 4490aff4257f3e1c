/**
 * Writes models/results.zip: what each operation of each AWS service answers with, reduced to what
 * TestState checks mocked results against. One JSON file per service, named as `aws-sdk` resources
 * name the service.
 *
 *     node scripts/result-models.mjs FOLDER
 *
 * FOLDER is botocore's `data` folder: python3 -c "import botocore; print(botocore.__path__[0])".
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node scripts/result-models.mjs FOLDER');

const NUMBERS = ['integer', 'long', 'float', 'double', 'bigdecimal', 'biginteger'];
const TEXTS = ['string', 'character', 'timestamp', 'blob'];

/** The service's latest model, or undefined where the folder has none. */
function modelOf(service) {
  const versions = readdirSync(join(folder, service)).sort().reverse();
  for (const version of versions) {
    const plain = join(folder, service, version, 'service-2.json');
    if (existsSync(plain)) return JSON.parse(readFileSync(plain, 'utf8'));
    if (existsSync(`${plain}.gz`)) return JSON.parse(gunzipSync(readFileSync(`${plain}.gz`)));
  }
  return undefined;
}

/** Shapes by number; equal ones are one. Structures keep their own number, as they may recur. */
class Shapes {
  list = [];
  #raw;
  #byName = new Map();
  #byText = new Map();

  constructor(raw) {
    this.#raw = raw;
  }

  number(name) {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const raw = this.#raw[name];
    if (raw.type === 'structure' && !raw.document) return this.#structure(name, raw);
    if (raw.type === 'list' || raw.type === 'map') return this.#container(name, raw);
    const number = this.#shared(this.#scalar(raw));
    this.#byName.set(name, number);
    return number;
  }

  #structure(name, raw) {
    const shape = { type: 'object', members: {} };
    const number = this.#add(name, shape);
    if (raw.eventstream) return number;
    for (const [key, { shape: of }] of Object.entries(raw.members ?? {})) {
      shape.members[key] = this.number(of);
    }
    if (raw.required?.length) shape.required = raw.required;
    const payload = raw.payload && this.#raw[raw.members[raw.payload].shape];
    if (payload?.type === 'blob') shape.payload = raw.payload;
    return number;
  }

  #container(name, raw) {
    const shape = { type: raw.type === 'list' ? 'array' : 'map', ...bounds(raw) };
    const number = this.#add(name, shape);
    shape.of = this.number((raw.member ?? raw.value).shape);
    return number;
  }

  #scalar(raw) {
    if (NUMBERS.includes(raw.type)) return { type: 'number', ...bounds(raw) };
    if (raw.type === 'boolean') return { type: 'boolean' };
    if (!TEXTS.includes(raw.type)) return { type: 'any' };
    return { type: 'string', ...bounds(raw), ...(raw.enum && { enum: raw.enum }) };
  }

  #add(name, shape) {
    const number = this.list.push(shape) - 1;
    this.#byName.set(name, number);
    return number;
  }

  #shared(shape) {
    const text = JSON.stringify(shape);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const number = this.list.push(shape) - 1;
    this.#byText.set(text, number);
    return number;
  }
}

function bounds({ min, max }) {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function resultsOf(model) {
  const shapes = new Shapes(model.shapes);
  const operations = {};
  for (const [name, { output }] of Object.entries(model.operations).sort()) {
    if (output) operations[name] = shapes.number(output.shape);
  }
  return { operations, shapes: shapes.list };
}

/** As the SDK for Java, and with it Step Functions, names the service in resources. */
function sdkName({ serviceId }) {
  const name = serviceId.toLowerCase().replace(/[^a-z0-9]/g, '');
  return name.replace(/service$/, '');
}

/** The time is fixed, so that the same models give the same file. */
const mtime = new Date(1980, 0, 1);
const services = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
const files = {};
for (const { name } of services) {
  const model = modelOf(name);
  if (!model) continue;
  files[`${sdkName(model.metadata)}.json`] = [strToU8(JSON.stringify(resultsOf(model))), { mtime }];
}
const sorted = Object.fromEntries(Object.entries(files).sort());
const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'models', 'results.zip');
writeFileSync(target, zipSync(sorted, { level: 9 }));
console.log(`${Object.keys(files).length} services in ${target}`);
