/**
 * Values for the shapes of a raw model: valid under its constraints and different for every member.
 * Works on the file itself, so that it shares nothing with the code under test.
 */
export interface RawShape {
  readonly type: string;
  readonly members?: Record<string, RawMember>;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly member?: { shape: string };
  readonly key?: { shape: string };
  readonly value?: { shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly timestampFormat?: string;
  readonly union?: boolean;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: { code?: string; httpStatusCode?: number };
  readonly eventstream?: boolean;
}

interface RawMember {
  readonly locationName?: string;
  readonly shape: string;
  readonly location?: string;
  readonly enum?: readonly string[];
  readonly idempotencyToken?: boolean;
}

export interface RawOperation {
  readonly name: string;
  readonly http: { method: string; requestUri: string; responseCode?: number };
  readonly input?: { shape: string };
  readonly output?: { shape: string };
  readonly errors?: readonly { shape: string }[];
}

export interface RawModel {
  readonly metadata: { protocol: string; protocols?: readonly string[] };
  readonly operations: Record<string, RawOperation>;
  readonly shapes: Record<string, RawShape>;
}

/** Texts of many forms; a pattern takes the first that it matches. */
const TEXTS = [
  'arn:aws:lambda:us-east-1:123456789012:function:fn',
  'arn:aws:lambda:us-east-1:123456789012:capacity-provider:cp',
  'arn:aws:lambda:us-east-1:123456789012:layer:layer:1',
  'arn:aws:lambda:us-east-1:123456789012:layer:layer',
  'arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0',
  'arn:aws:lambda:us-east-1:123456789012:event-source-mapping:01234567-89ab-4def-8123-456789abcdef',
  'arn:aws:lambda:us-east-1::runtime:0123',
  'arn:aws:lambda:us-east-1:123456789012:function:fn:1/durable-execution/name/id',
  'arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0',
  'arn:aws:iam::123456789012:role/service-role/r',
  'arn:aws:iam::123456789012:root',
  'arn:aws:kms:us-east-1:123456789012:key/abcd-1234',
  '01234567-89ab-4def-8123-456789abcdef-0123456789',
  '01234567-89ab-4def-8123-456789abcdef',
  'csc-0123456789abcdef0',
  'lambda:GetLayerVersion',
  'lambda:InvokeFunction',
  'https://search.example.com',
  's3://bucket-name/key',
  'host.example:9092',
  '/mnt/data',
  'o-abcdefghij',
  'ThrottledException',
  'us-east-1',
  '123456789012',
  '123456',
  'abcdefgh',
  'name',
  '1.0',
  '1',
];

export interface GeneratorOptions {
  /** Texts of shapes that clients look into. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Dates without a fraction, for protocols whose clients send none. */
  readonly wholeSeconds?: boolean;
  /** Members that are left out: `Shape.Member`. */
  readonly omit?: readonly string[];
}

export class Generator {
  readonly #model: RawModel;
  readonly #options: GeneratorOptions;
  #count = 0;

  constructor(model: RawModel, options: GeneratorOptions = {}) {
    this.#model = model;
    this.#options = options;
  }

  /** A structure with all its members, or only the required ones. */
  structure(name: string, which: 'all' | 'required', status = 200): Record<string, unknown> {
    return this.#structure(name, which, status, []);
  }

  #structure(
    name: string,
    which: 'all' | 'required',
    status: number,
    above: readonly string[],
  ): Record<string, unknown> {
    const shape = this.#model.shapes[name]!;
    const out: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(shape.members ?? {})) {
      // Clients fill in tokens, and send an empty object for a body that is left out.
      const filled = member.idempotencyToken || key === shape.payload;
      const required = shape.required?.includes(key) || filled;
      if (which === 'required' && !required) continue;
      if (this.#options.omit?.includes(`${name}.${key}`)) continue;
      // A shape that contains itself stops at its second turn.
      if (above.includes(member.shape)) continue;
      if (member.location === 'statusCode') out[key] = status;
      else if (member.enum) out[key] = member.enum[this.#next() % member.enum.length];
      else if (member.location === 'header') out[key] = this.#ascii(member.shape);
      else if (member.location === 'headers') out[key] = this.#headers(member.shape);
      else out[key] = this.#value(member.shape, which, [...above, member.shape]);
      if (shape.union) break;
    }
    // The query protocol cannot say that a structure is there and empty.
    const nested = above.length > 0 && which === 'required' && Object.keys(out).length === 0;
    return nested ? this.#structure(name, 'all', status, above) : out;
  }

  #value(name: string, which: 'all' | 'required', above: readonly string[]): unknown {
    const shape = this.#model.shapes[name]!;
    switch (shape.type) {
      case 'structure':
        return this.#structure(name, which, 200, above);
      case 'list': {
        const { shape: member } = shape.member!;
        if (above.includes(member)) return [];
        const length = Math.max(shape.min ?? 0, Math.min(2, shape.max ?? 2));
        const down = [...above, member];
        return Array.from({ length }, () => this.#value(member, which, down));
      }
      case 'map': {
        const entries = Array.from({ length: Math.max(1, shape.min ?? 1) }, () => [
          this.#value(shape.key!.shape, which, above),
          this.#value(shape.value!.shape, which, above),
        ]);
        return Object.fromEntries(entries);
      }
      case 'string':
        return this.#text(name, shape);
      case 'boolean':
        return this.#next() % 2 === 0;
      case 'timestamp':
        return this.#date(shape);
      case 'blob':
        return Uint8Array.from([this.#next() % 256, 0, 255, 128, 10]);
      default:
        return this.#number(shape);
    }
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #number(shape: RawShape): number {
    const min = shape.min ?? 0;
    const max = Math.min(shape.max ?? min + 1000, min + 1000);
    const whole = min + (this.#next() % (Math.floor(max - min) + 1));
    const real = shape.type === 'double' || shape.type === 'float';
    return real && whole + 0.5 <= max ? whole + 0.5 : whole;
  }

  #date({ timestampFormat }: RawShape): Date {
    const ms = 1_700_000_000_000 + this.#next() * 1001;
    const whole = this.#options.wholeSeconds || timestampFormat === 'rfc822';
    return new Date(whole ? Math.floor(ms / 1000) * 1000 : ms);
  }

  /** Headers carry visible ASCII and whole seconds only. */
  #ascii(name: string): unknown {
    const value = this.#value(name, 'all', []);
    if (value instanceof Date) return new Date(Math.floor(value.getTime() / 1000) * 1000);
    return typeof value === 'string' ? value.replace(/[^\x20-\x7e]/g, '?') : value;
  }

  /** A map each of whose entries is a header of its own. */
  #headers(name: string): unknown {
    const { value } = this.#model.shapes[name]!;
    return { first: this.#ascii(value!.shape), second: this.#ascii(value!.shape) };
  }

  #text(name: string, shape: RawShape): string {
    const min = shape.min ?? 0;
    const max = shape.max ?? Number.POSITIVE_INFINITY;
    const given = this.#options.texts?.[name];
    if (given !== undefined) return given;
    if (shape.enum) return shape.enum[this.#next() % shape.enum.length]!;
    if (shape.pattern === undefined) {
      const text = `Grüße "${this.#next()}" <&> \\ 漢字 😀`;
      return resized(text, min, max);
    }
    const properties = /\\p\{/.test(shape.pattern);
    const pattern = new RegExp(`^(?:${shape.pattern})$`, properties ? 'u' : '');
    const found = TEXTS.flatMap((text) => [text, resized(text, min, max)]).find(
      (text) => pattern.test(text) && text.length >= min && text.length <= max,
    );
    if (found === undefined) throw new Error(`no text for ${name}: ${shape.pattern}`);
    return found;
  }
}

function resized(text: string, min: number, max: number): string {
  const points = [...text];
  while (points.length < min) points.push('x');
  return points.length <= max ? points.join('') : points.slice(0, max).join('');
}
