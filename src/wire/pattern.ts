/**
 * The models' patterns, which are Java's, as matchers of whole texts. Compiled on first use.
 *
 * Without the `u` flag JavaScript reads `\p{L}` as plain letters, so patterns with properties take
 * it; the others must not, as it forbids escapes that Java allows.
 */
export function matcherOf(pattern: string): (text: string) => boolean {
  let compiled: RegExp | undefined;
  return (text) => {
    compiled ??= compile(pattern);
    return compiled.test(text);
  };
}

function compile(pattern: string): RegExp {
  const whole = `^(?:${pattern})$`;
  return /\\p\{/.test(pattern) ? new RegExp(whole, 'u') : new RegExp(withLongEscapes(whole));
}

/** Five-digit `\uXXXXX` escapes mean nothing in either language; their writers meant the rest. */
function withLongEscapes(pattern: string): string {
  return pattern.replace('\\u10000-\\u10FFFF', '\\uD800-\\uDFFF');
}
