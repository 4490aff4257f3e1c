/**
 * The constraints of the models, in AWS's wording to the letter: lengths, ranges, patterns, enums,
 * required members. Compiled to closures; a valid input costs comparisons and no memory.
 *
 * Wording as recorded: "2 validation errors detected: Value '…' at 'a.1.member.b' failed to satisfy
 * constraint: Member must …; Value …". Of one value the pattern is reported before the length; a
 * list or map of simple values is reported as a whole; at most ten errors are told.
 */
import { Fault } from '../ground/fault.ts';
import { byteLength, fitsBytes } from '../ground/json.ts';
import { toBase64 } from './bytes.ts';
import type {
  ListShape,
  MapShape,
  Operation,
  ScalarShape,
  Shape,
  StructureShape,
} from './model/shapes.ts';
import { matcherOf } from './pattern.ts';

const ERRORS_MAX = 10;
/** A text that is too long by this much is not matched against its pattern as well. */
const MATCHED_CHARS_MAX = 65_536;
const NOT_NULL = 'Member must not be null';

type Check = (value: unknown, path: string, found: string[]) => void;

/** One constraint of one value. */
interface Rule {
  readonly text: string;
  broken(value: never): boolean;
}

const checks = new WeakMap<Shape, Check | null>();

/** Throws the Fault of all broken constraints of an operation's input, with its service's code. */
export function validateInput({ input: shape, service }: Operation, input: unknown): void {
  if (shape) validate(shape, input, service.quirks.validationCode ?? 'ValidationException');
}

/** Throws the Fault of all broken constraints. */
export function validate(shape: StructureShape, input: unknown, code: string): void {
  const check = checkOf(shape);
  if (!check) return;
  const found: string[] = [];
  check(input, '', found);
  if (found.length === 0) return;
  const told = found.slice(0, ERRORS_MAX);
  const heading = `${told.length} validation error${told.length === 1 ? '' : 's'} detected`;
  throw new Fault(code, `${heading}: ${told.join('; ')}`);
}

/** The check of a shape, or undefined where nothing below it is constrained. */
function checkOf(shape: Shape): Check | undefined {
  const known = checks.get(shape);
  if (known !== undefined) return known ?? undefined;
  let built: Check | undefined;
  checks.set(shape, (value, path, found) => built?.(value, path, found));
  built = build(shape);
  checks.set(shape, built ?? null);
  return built;
}

function build(shape: Shape): Check | undefined {
  switch (shape.type) {
    case 'structure':
      return shape.eventStream ? undefined : structureCheck(shape);
    case 'list':
      return listCheck(shape);
    case 'map':
      return mapCheck(shape);
    default:
      return rulesCheck(shape, scalarRules(shape));
  }
}

function structureCheck(shape: StructureShape): Check | undefined {
  const fields = shape.members
    .map((member) => ({
      name: member.name,
      label: lowerFirst(member.name),
      missing: member.required ? complaint(member.shape, null, '', NOT_NULL) : undefined,
      check: checkOf(member.shape),
    }))
    .filter((field) => field.missing !== undefined || field.check !== undefined);
  if (fields.length === 0) return undefined;
  return (value, path, found) => {
    const record = value as Record<string, unknown>;
    for (const field of fields) {
      const part = record[field.name];
      if (part === undefined || part === null) {
        if (field.missing === undefined) continue;
        found.push(field.missing.replace("''", `'${join(path, field.label)}'`));
      } else if (field.check) {
        field.check(part, path === '' ? field.label : `${path}.${field.label}`, found);
      }
      if (found.length >= ERRORS_MAX) return;
    }
  };
}

function listCheck(shape: ListShape): Check | undefined {
  const own = rulesCheck(
    shape,
    sizeRules(shape, (value: readonly unknown[]) => value.length),
  );
  const items =
    shape.member.type === 'structure' || shape.member.type === 'list' || shape.member.type === 'map'
      ? nestedItems(shape.member)
      : simpleItems(shape, shape.member);
  return (value, path, found) => {
    own?.(value, path, found);
    items(value, path, found);
  };
}

function nestedItems(member: Shape): Check {
  const check = checkOf(member);
  return (value, path, found) => {
    (value as readonly unknown[]).forEach((item, index) => {
      if (found.length >= ERRORS_MAX) return;
      const at = `${path}.${index + 1}.member`;
      if (item === null) found.push(complaint(member, null, at, NOT_NULL));
      else check?.(item, at, found);
    });
  };
}

function simpleItems(list: ListShape, member: ScalarShape): Check {
  const rules = scalarRules(member);
  const told = [...outerFirst(rules).map((rule) => rule.text), NOT_NULL].join(', ');
  return (value, path, found) => {
    for (const item of value as readonly unknown[]) {
      if (item !== null && !rules.some((rule) => rule.broken(item as never))) continue;
      const sensitive = list.sensitive || member.sensitive;
      const text = `Member must satisfy constraint: [${told}]`;
      found.push(complaint({ ...list, sensitive }, value, path, text));
      return;
    }
  };
}

function mapCheck(shape: MapShape): Check | undefined {
  const own = rulesCheck(
    shape,
    sizeRules(shape, (value: object) => Object.keys(value).length),
  );
  const keys = mapPart(shape, shape.key, 'keys', Object.keys);
  const values =
    shape.value.type === 'structure' || shape.value.type === 'list' || shape.value.type === 'map'
      ? nestedValues(shape.value)
      : mapPart(shape, shape.value, 'value', Object.values);
  const all = [own, keys, values].filter((check) => check !== undefined);
  if (all.length === 0) return undefined;
  return (value, path, found) => {
    for (const check of all) check(value, path, found);
  };
}

function mapPart(
  map: MapShape,
  part: Shape,
  word: 'keys' | 'value',
  partsOf: (value: object) => readonly unknown[],
): Check | undefined {
  if (part.type === 'structure' || part.type === 'list' || part.type === 'map') return undefined;
  const rules = scalarRules(part);
  if (rules.length === 0) return undefined;
  const told = outerFirst(rules)
    .map((rule) => rule.text)
    .join(', ');
  const text = `Map ${word} must satisfy constraint: [${told}]`;
  return (value, path, found) => {
    const bad = (item: unknown): boolean => rules.some((rule) => rule.broken(item as never));
    if (!partsOf(value as object).some(bad)) return;
    const sensitive = map.sensitive || part.sensitive;
    found.push(complaint({ ...map, sensitive }, value, path, text));
  };
}

function nestedValues(shape: Shape): Check | undefined {
  const check = checkOf(shape);
  if (!check) return undefined;
  return (value, path, found) => {
    for (const [key, part] of Object.entries(value as object)) {
      check(part, `${path}.${key}.member`, found);
    }
  };
}

function rulesCheck(shape: Shape, rules: readonly Rule[]): Check | undefined {
  const [first, second] = rules;
  if (!first) return undefined;
  if (!second) {
    return (value, path, found) => {
      if (first.broken(value as never)) found.push(complaint(shape, value, path, first.text));
    };
  }
  return (value, path, found) => {
    for (const rule of rules) {
      if (rule.broken(value as never)) found.push(complaint(shape, value, path, rule.text));
    }
  };
}

/** The rules of a simple value in the order in which single values report them. */
function scalarRules(shape: ScalarShape): readonly Rule[] {
  switch (shape.type) {
    case 'string':
      return textRules(shape);
    case 'blob':
      // A stream has no length yet; its handler counts.
      if (shape.streaming) return [];
      return sizeRules(shape, (value: Uint8Array) => value.length);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return rangeRules(shape);
    default:
      return [];
  }
}

function textRules(shape: ScalarShape): readonly Rule[] {
  const rules: Rule[] = [];
  const { pattern, max, min } = shape;
  if (shape.enum) {
    const allowed = new Set(shape.enum);
    const order = shape.enumOrder ?? hashOrder(shape.enum);
    rules.push({
      text: `Member must satisfy enum value set: [${order.join(', ')}]`,
      broken: (value: string) => !allowed.has(value),
    });
  }
  if (pattern !== undefined) {
    const matches = matcherOf(pattern);
    rules.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      broken: (value: string) => value.length <= MATCHED_CHARS_MAX && !matches(value),
    });
  }
  const inBytes = shape.countedInBytes;
  if (max !== undefined) {
    rules.push({
      text: `Member must have length less than or equal to ${max}`,
      broken: inBytes
        ? (value: string) => !fitsBytes(value, max)
        : (value: string) => value.length > max && characters(value) > max,
    });
  }
  if (min !== undefined) {
    rules.push({
      text: `Member must have length greater than or equal to ${min}`,
      broken: inBytes
        ? (value: string) => byteLength(value) < min
        : (value: string) => value.length < 2 * min && characters(value) < min,
    });
  }
  return rules;
}

function sizeRules<T>(
  { min, max }: { readonly min: number | undefined; readonly max: number | undefined },
  sizeOf: (value: T) => number,
): readonly Rule[] {
  const rules: Rule[] = [];
  if (max !== undefined) {
    rules.push({
      text: `Member must have length less than or equal to ${max}`,
      broken: (value: T) => sizeOf(value) > max,
    });
  }
  if (min !== undefined) {
    rules.push({
      text: `Member must have length greater than or equal to ${min}`,
      broken: (value: T) => sizeOf(value) < min,
    });
  }
  return rules;
}

function rangeRules({ min, max }: ScalarShape): readonly Rule[] {
  const rules: Rule[] = [];
  if (max !== undefined) {
    rules.push({
      text: `Member must have value less than or equal to ${max}`,
      broken: (value: number) => value > max,
    });
  }
  if (min !== undefined) {
    rules.push({
      text: `Member must have value greater than or equal to ${min}`,
      broken: (value: number) => value < min,
    });
  }
  return rules;
}

/** The rules as a list of constraints prints them: lengths, then the pattern. */
function outerFirst(rules: readonly Rule[]): readonly Rule[] {
  const isPattern = (rule: Rule): boolean => rule.text.includes('regular expression');
  return [...rules.filter((rule) => !isPattern(rule)), ...rules.filter(isPattern)];
}

/** Length in code points. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const low = text.charCodeAt(i);
    if (low < 0xdc00 || low > 0xdfff) continue;
    const high = text.charCodeAt(i - 1);
    if (high >= 0xd800 && high <= 0xdbff) count--;
  }
  return count;
}

function complaint(shape: Shape, value: unknown, path: string, text: string): string {
  const shown =
    value === null ? 'Value null' : shape.sensitive ? 'Value' : `Value '${print(shape, value)}'`;
  return `${shown} at '${path}' failed to satisfy constraint: ${text}`;
}

/** A value as Java prints it. */
function print(shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (shape.sensitive) return '*** Sensitive Data Redacted ***';
  switch (shape.type) {
    case 'structure': {
      const record = value as Record<string, unknown>;
      const parts = shape.members.map(
        ({ name, shape: part }) => `${lowerFirst(name)}=${print(part, record[name])}`,
      );
      return `${shape.name}(${parts.join(', ')})`;
    }
    case 'list':
      return `[${(value as unknown[]).map((item) => print(shape.member, item)).join(', ')}]`;
    case 'map': {
      const entries = Object.entries(value as object);
      return `{${entries.map(([key, part]) => `${key}=${print(shape.value, part)}`).join(', ')}}`;
    }
    case 'blob':
      return toBase64(value as Uint8Array);
    case 'timestamp':
      return (value as Date).toISOString();
    case 'float':
    case 'double':
      return Number.isInteger(value) ? `${value}.0` : String(value);
    default:
      return String(value);
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function join(path: string, label: string): string {
  return path === '' ? label : `${path}.${label}`;
}

/**
 * The order in which a Java HashSet lists the values: by bucket of the spread hash, the table
 * doubling at three quarters. AWS prints enum sets so (recorded for DynamoDB, Lambda, Cognito).
 */
function hashOrder(values: readonly string[]): readonly string[] {
  let size = 16;
  while (values.length > size * 0.75) size *= 2;
  const bucketOf = (text: string): number => {
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  return values
    .map((value) => ({ value, bucket: bucketOf(value) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ value }) => value);
}
