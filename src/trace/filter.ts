/**
 * Filter expressions: text → tree, or the first problem with its position. What the tree means is
 * in `match.ts`. Language: AWS X-Ray developer guide, filter expressions.
 *
 * Keywords and operators are case-insensitive; `!` binds tighter than AND, AND tighter than OR, two
 * conditions side by side are joined by AND; values may be bare words.
 */
import type {
  CauseKind,
  CauseLevel,
  Filter,
  Flag,
  NumberKeyword,
  Operator,
  Selector,
  TextKeyword,
} from './expression.ts';
import { FILTER_DEPTH_MAX, FILTER_LENGTH_MAX } from './limits.ts';
import { type Token, tokensOf } from './token.ts';

export interface FilterProblem {
  readonly message: string;
  /** Offset into the text. */
  readonly position: number;
}

export type FilterReading =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: FilterProblem };

/** Where an expression stands decides which keywords it may use. */
type Scope = 'trace' | 'entity' | 'cause';

const FLAGS: Readonly<Record<Scope, readonly string[]>> = {
  trace: ['ok', 'error', 'fault', 'throttle', 'partial', 'inferred'],
  entity: ['ok', 'error', 'fault', 'throttle', 'partial', 'inferred', 'root'],
  cause: ['first', 'last', 'remote', 'inferred'],
};
const NUMBERS: Readonly<Record<Scope, readonly string[]>> = {
  trace: ['responsetime', 'duration', 'http.status'],
  entity: ['responsetime', 'duration', 'http.status'],
  cause: ['index', 'coverage'],
};
const TEXTS: Readonly<Record<Scope, readonly string[]>> = {
  trace: [
    'http.url',
    'http.method',
    'http.useragent',
    'http.clientip',
    'user',
    'account.id',
    'availabilityzone',
    'instance.id',
    'resource.arn',
  ],
  entity: [
    'http.url',
    'http.method',
    'http.useragent',
    'http.clientip',
    'user',
    'name',
    'type',
    'account.id',
  ],
  cause: ['name', 'type', 'message', 'account.id'],
};
const TEXT_OPERATORS: readonly string[] = ['=', '!=', 'contains', 'beginswith', 'endswith'];
const NUMBER_OPERATORS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

class Problem extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** Never throws on user text. */
export function parseFilter(text: string): FilterReading {
  if (text.length > FILTER_LENGTH_MAX) {
    const message = `the expression is longer than ${FILTER_LENGTH_MAX} characters`;
    return { ok: false, problem: { message, position: FILTER_LENGTH_MAX } };
  }
  const tokens = tokensOf(text);
  if ('message' in tokens) return { ok: false, problem: tokens };
  try {
    return { ok: true, filter: new Parser(tokens.tokens, text.length).whole() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { ok: false, problem: { message: error.message, position: error.position } };
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  whole(): Filter {
    const filter = this.#or('trace');
    if (this.#peek()) this.#fail(`unexpected "${this.#peek()!.text}"`);
    return filter;
  }

  #or(scope: Scope): Filter {
    const first = this.#and(scope);
    if (!this.#isWord('or')) return first;
    const of = [first];
    while (this.#takeWord('or')) of.push(this.#and(scope));
    return { type: 'or', of };
  }

  #and(scope: Scope): Filter {
    const of = [this.#not(scope)];
    for (;;) {
      if (this.#takeWord('and')) of.push(this.#not(scope));
      else if (this.#startsCondition()) of.push(this.#not(scope));
      else return of.length === 1 ? of[0]! : { type: 'and', of };
    }
  }

  #startsCondition(): boolean {
    const token = this.#peek();
    if (!token) return false;
    if (token.type === 'annotation') return true;
    if (token.type === 'word') return token.text.toLowerCase() !== 'or';
    return token.type === 'symbol' && (token.text === '!' || token.text === '(');
  }

  #not(scope: Scope): Filter {
    this.#enter();
    const filter: Filter = this.#takeSymbol('!')
      ? { type: 'not', of: this.#not(scope) }
      : this.#primary(scope);
    this.#depth--;
    return filter;
  }

  #enter(): void {
    if (++this.#depth > FILTER_DEPTH_MAX) this.#fail('the expression is nested too deeply');
  }

  #primary(scope: Scope): Filter {
    if (this.#takeSymbol('(')) {
      const filter = this.#or(scope);
      this.#expect(')');
      return filter;
    }
    const token = this.#peek();
    if (token?.type === 'annotation') {
      if (scope !== 'trace') this.#fail('annotation is not allowed here');
      this.#at++;
      return this.#annotation(token.text);
    }
    if (token?.type !== 'word') this.#fail('a keyword was expected');
    const word = token!.text.toLowerCase();
    if (scope === 'trace') {
      const complex = this.#complex(word);
      if (complex) return complex;
    }
    return this.#simple(word, scope);
  }

  #complex(word: string): Filter | undefined {
    switch (word) {
      case 'service':
        this.#at++;
        return this.#service();
      case 'edge':
        this.#at++;
        return this.#edge();
      case 'group.name':
      case 'group.arn': {
        this.#at++;
        this.#expect('=');
        const by = word === 'group.name' ? 'name' : 'arn';
        return { type: 'group', by, value: this.#text() };
      }
      case 'rootcause.json':
        this.#at++;
        return this.#causeJson();
      default: {
        const cause = /^rootcause\.(fault|error|responsetime)\.(service|entity|exception)$/.exec(
          word,
        );
        if (!cause) return undefined;
        this.#at++;
        const kind = cause[1] as CauseKind;
        const level = cause[2] as CauseLevel;
        return { type: 'rootcause', kind, level, where: this.#braces('cause') };
      }
    }
  }

  #simple(word: string, scope: Scope): Filter {
    const where = this.#position();
    if (FLAGS[scope].includes(word)) {
      this.#at++;
      return this.#flag(word as Flag);
    }
    if (NUMBERS[scope].includes(word)) {
      this.#at++;
      const keyword = word as NumberKeyword;
      const op = this.#operator(NUMBER_OPERATORS, word);
      return { type: 'number', keyword, test: op && { op, value: this.#number() } };
    }
    if (TEXTS[scope].includes(word)) {
      this.#at++;
      const keyword = word as TextKeyword;
      const op = this.#operator(TEXT_OPERATORS, word);
      return { type: 'text', keyword, test: op && { op, value: this.#text() } };
    }
    throw new Problem(`unknown keyword "${word}"`, where);
  }

  /** `ok`, `ok = true`, `ok != false`. */
  #flag(flag: Flag): Filter {
    const op = this.#operator(['=', '!='], flag);
    if (!op) return { type: 'flag', flag };
    const token = this.#next();
    const value = token?.type === 'word' ? token.text.toLowerCase() : undefined;
    if (value !== 'true' && value !== 'false') this.#fail('true or false was expected');
    const wanted = (value === 'true') === (op === '=');
    return wanted ? { type: 'flag', flag } : { type: 'not', of: { type: 'flag', flag } };
  }

  #annotation(key: string): Filter {
    const all = [...NUMBER_OPERATORS, ...TEXT_OPERATORS];
    const op = this.#operator(all, 'annotation');
    if (!op) return { type: 'annotation', key, test: undefined };
    const token = this.#next();
    if (token?.type === 'number') {
      return { type: 'annotation', key, test: { op, value: Number(token.text) } };
    }
    if (token?.type === 'word' && /^(?:true|false)$/i.test(token.text)) {
      const value = token.text.toLowerCase() === 'true';
      return { type: 'annotation', key, test: { op, value } };
    }
    if (token?.type !== 'string' && token?.type !== 'word') this.#fail('a value was expected');
    return { type: 'annotation', key, test: { op, value: token!.text } };
  }

  #service(): Filter {
    this.#expect('(');
    const of = this.#isSymbol(')') ? {} : this.#selector();
    this.#expect(')');
    return { type: 'service', of, where: this.#braces('entity') };
  }

  #edge(): Filter {
    this.#expect('(');
    const from = this.#isSymbol(',') ? {} : this.#selector();
    this.#expect(',');
    const to = this.#isSymbol(')') ? {} : this.#selector();
    this.#expect(')');
    return { type: 'edge', from, to, where: this.#braces('entity') };
  }

  #braces(scope: Scope): Filter | undefined {
    if (!this.#takeSymbol('{')) return undefined;
    if (this.#takeSymbol('}')) return undefined;
    const filter = this.#or(scope);
    this.#expect('}');
    return filter;
  }

  #selector(): Selector {
    const token = this.#peek();
    const next = this.#tokens[this.#at + 1];
    const isId = token?.type === 'word' && token.text.toLowerCase() === 'id' && next?.text === '(';
    if (!isId) {
      const name = this.#text();
      return name === '' ? {} : { name };
    }
    this.#at += 2;
    const found: { name?: string; type?: string; account?: string } = {};
    do {
      const key = this.#next();
      const member = key?.type === 'word' ? key.text.toLowerCase() : '';
      if (member !== 'name' && member !== 'type' && member !== 'account.id') {
        this.#fail('name, type or account.id was expected');
      }
      this.#expect(':');
      found[member === 'account.id' ? 'account' : (member as 'name' | 'type')] = this.#text();
    } while (this.#takeSymbol(','));
    this.#expect(')');
    return found;
  }

  #causeJson(): Filter {
    this.#expect('=');
    const token = this.#next();
    if (token?.type !== 'json') this.#fail('# and a JSON array were expected');
    const value = JSON.parse(token!.text) as unknown;
    if (!Array.isArray(value)) this.#fail('# and a JSON array were expected');
    return { type: 'causejson', services: value as unknown[] };
  }

  #operator(allowed: readonly string[], keyword: string): Operator | undefined {
    const token = this.#peek();
    const op = token && (token.type === 'symbol' ? token.text : token.text.toLowerCase());
    const isOperator =
      (token?.type === 'symbol' && NUMBER_OPERATORS.includes(op!)) ||
      (token?.type === 'word' && TEXT_OPERATORS.includes(op!));
    if (!isOperator) return undefined;
    if (!allowed.includes(op!)) this.#fail(`"${token!.text}" cannot be used with ${keyword}`);
    this.#at++;
    return op as Operator;
  }

  #number(): number {
    const token = this.#next();
    if (token?.type !== 'number') this.#fail('a number was expected');
    return Number(token!.text);
  }

  #text(): string {
    const token = this.#next();
    if (token?.type === 'string' || token?.type === 'word' || token?.type === 'number') {
      return token.text;
    }
    return this.#fail('a string was expected');
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token?.type === 'word' && token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#at++;
    return true;
  }

  #isSymbol(symbol: string): boolean {
    const token = this.#peek();
    return token?.type === 'symbol' && token.text === symbol;
  }

  #takeSymbol(symbol: string): boolean {
    if (!this.#isSymbol(symbol)) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takeSymbol(symbol)) this.#fail(`"${symbol}" was expected`);
  }

  #position(): number {
    return this.#peek()?.position ?? this.#end;
  }

  #fail(message: string): never {
    const last = this.#tokens[Math.min(this.#at, this.#tokens.length) - 1];
    throw new Problem(message, this.#peek()?.position ?? last?.position ?? this.#end);
  }
}
