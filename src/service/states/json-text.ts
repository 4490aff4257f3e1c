/**
 * JSON texts from callers: what is wrong with one, in the words of the parser that AWS uses
 * (without its position).
 */
import { JSON_DEPTH_MAX } from '../../asl/limits.ts';
import { parseTree } from '../../asl/parse.ts';
import { tryParseJson } from '../../ground/json.ts';

/** Undefined where the text is JSON of a bearable depth. */
export function jsonProblem(text: string): string | undefined {
  if (!mayBeDeep(text) && tryParseJson(text) !== undefined) return undefined;
  const parsed = parseTree(text);
  return 'problem' in parsed ? parsed.problem.message.split('\n at [Source')[0]! : undefined;
}

/** Cheap: only a text with many brackets is looked at closely. */
function mayBeDeep(text: string): boolean {
  if (text.length <= JSON_DEPTH_MAX) return false;
  let brackets = 0;
  for (let i = 0; i < text.length && brackets <= JSON_DEPTH_MAX; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) brackets++;
  }
  return brackets > JSON_DEPTH_MAX;
}
