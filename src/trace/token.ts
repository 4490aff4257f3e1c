/** The words of a filter expression. */
export interface Token {
  readonly type: 'word' | 'string' | 'number' | 'symbol' | 'annotation' | 'json';
  /** Strings without quotes and escapes; an annotation's key; JSON without its `#`. */
  readonly text: string;
  readonly position: number;
}

type Tokens =
  | { readonly tokens: readonly Token[] }
  | { readonly message: string; readonly position: number };

const SPACE = /\s+/y;
const SYMBOL = /!=|<=|>=|[!=<>(){},:]/y;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.-])/y;
const WORD = /[\p{L}\p{N}_$*/@][\p{L}\p{N}_.$*/@-]*/uy;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const BRACKET =
  /annotation\s*\[\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|([^\]"']+))\s*\]/iy;
const ANNOTATION = /annotation\.([\p{L}\p{N}_][\p{L}\p{N}_.]*)/iuy;

/** Splits the text, or answers the first place that is no part of the language. */
export function tokensOf(text: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    const token = text[at] === '#' ? jsonAt(text, at) : nextToken(take, at);
    if (!token) {
      const quote = text[at] === '"' || text[at] === "'";
      const message = quote ? 'a string is not closed' : `unexpected "${text[at]}"`;
      return { message, position: at };
    }
    tokens.push(token.token);
    at += token.length;
  }
  return { tokens };
}

interface Taken {
  readonly token: Token;
  readonly length: number;
}

function nextToken(
  take: (p: RegExp) => RegExpExecArray | null,
  position: number,
): Taken | undefined {
  const taken = (type: Token['type'], match: RegExpExecArray, text: string): Taken => ({
    token: { type, text, position },
    length: match[0].length,
  });
  const bracket = take(BRACKET);
  if (bracket) {
    const quoted = bracket[1] ?? bracket[2];
    const key = quoted === undefined ? bracket[3]!.trim() : unquote(quoted);
    return taken('annotation', bracket, key);
  }
  const annotation = take(ANNOTATION);
  if (annotation) return taken('annotation', annotation, annotation[1]!);
  const number = take(NUMBER);
  if (number) return taken('number', number, number[0]);
  const word = take(WORD);
  if (word) return taken('word', word, word[0]);
  const string = take(STRING);
  if (string) return taken('string', string, unquote(string[0].slice(1, -1)));
  const symbol = take(SYMBOL);
  return symbol ? taken('symbol', symbol, symbol[0]) : undefined;
}

function unquote(text: string): string {
  return text.replace(/\\([\s\S])/g, '$1');
}

/** `#` and a JSON array: up to the bracket that closes it. */
function jsonAt(text: string, position: number): Taken | undefined {
  let depth = 0;
  for (let at = position + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      STRING.lastIndex = at;
      const string = STRING.exec(text);
      if (!string) return undefined;
      at += string[0].length - 1;
    } else if (character === '[') depth++;
    else if (character === ']' && --depth === 0) {
      const json = text.slice(position + 1, at + 1);
      if (!isJson(json)) return undefined;
      return { token: { type: 'json', text: json, position }, length: at + 1 - position };
    }
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
