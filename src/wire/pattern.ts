/**
 * The models' patterns, which are Java's, as matchers of whole texts. Compiled on first use.
 *
 * Without the `u` flag JavaScript reads `\p{L}` as plain letters and a pair of surrogates as two
 * characters, so patterns with these take it; the others must not, as it forbids escapes that Java
 * allows.
 */
export function matcherOf(pattern: string): (text: string) => boolean {
  let compiled: RegExp | undefined;
  return (text) => {
    compiled ??= compile(pattern);
    return compiled.test(text);
  };
}

function compile(pattern: string): RegExp {
  const inCase = pattern.startsWith('(?i)');
  const body = withClasses(withLongEscapes(inCase ? pattern.slice('(?i)'.length) : pattern));
  const wide = /\\p\{|\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]/.test(body);
  return new RegExp(`^(?:${body})$`, `${wide ? 'u' : ''}${inCase ? 'i' : ''}`);
}

/** Five-digit `\uXXXXX` escapes mean nothing in either language; their writers meant the rest. */
function withLongEscapes(pattern: string): string {
  return pattern.replace('\\u10000-\\u10FFFF', '\\uD800-\\uDFFF');
}

/** POSIX classes, which in Java are of ASCII; outside of brackets alone in the models. */
function withClasses(pattern: string): string {
  return pattern.replace(/\\p\{Print\}/g, '[\\x20-\\x7e]').replace(/\\p\{Graph\}/g, '[!-~]');
}
