/** Regular expressions of filter patterns: matched in linear time, whatever they say. */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { Scanner } from './pattern-scanner.ts';

export function compileRegex(text: string): (value: string) => boolean {
  try {
    const regex = RE2JS.compile(text);
    return (value) => regex.matcher(value).find();
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new Scanner.Stop(`'${text}' is no regular expression`);
  }
}
