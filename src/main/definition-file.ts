/**
 * A definition from a file, JSON or YAML, with the place in the file of everything that is wrong.
 * YAML is read into the very tree that JSON is, whose offsets count in the YAML text.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type Member, type Node, parseTree } from '../asl/parse.ts';
import { validateDefinition, validateTree } from '../asl/validate.ts';
import { type Json, printJson, tryParseJson } from '../ground/json.ts';
import { serviceModels } from './service-models.ts';
import { type Substitutions, substitute } from './substitutions.ts';

export type MachineType = 'STANDARD' | 'EXPRESS';

/** As the API's diagnostic, with the place in the file; what only files can have has codes of its own. */
export interface Finding {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  readonly location?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface CheckedDefinition {
  /** JSON text; undefined where the file could not even be read as JSON or YAML. */
  readonly definition: string | undefined;
  readonly findings: readonly Finding[];
}

/** Aliases may multiply what a short file says. */
const NODES_MAX = 100_000;

export function checkDefinition(
  file: string,
  source: string,
  type: MachineType,
  substitutions: Substitutions = new Map(),
): CheckedDefinition {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  if (isYaml(file, text)) return checkYaml(text, type, substitutions);
  const { services } = serviceModels();
  const parsed = text.includes('${') ? parseTree(text) : undefined;
  if (parsed && 'tree' in parsed) return checkTree(parsed.tree, text, type, substitutions);
  const findings = validateDefinition(text, { type, services }).diagnostics;
  const definition = tryParseJson(text) === undefined ? undefined : text;
  return { definition, findings };
}

function checkTree(
  tree: Node,
  text: string,
  type: MachineType,
  substitutions: Substitutions,
): CheckedDefinition {
  const { services } = serviceModels();
  const filled = substitute(tree, substitutions);
  const { diagnostics } = validateTree(filled, text, { type, services });
  return { definition: printJson(jsonOf(filled)), findings: diagnostics };
}

export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'ERROR');

/** By the name's ending; other names by whether the text begins like a JSON object. */
function isYaml(file: string, text: string): boolean {
  if (/\.ya?ml$/i.test(file)) return true;
  return !/\.json$/i.test(file) && !/^\s*[{[]/.test(text);
}

function checkYaml(
  text: string,
  type: MachineType,
  substitutions: Substitutions,
): CheckedDefinition {
  const read = readYaml(text);
  if (read.tree === undefined) return { definition: undefined, findings: read.findings };
  const { definition, findings } = checkTree(read.tree, text, type, substitutions);
  return { definition, findings: [...read.findings, ...findings] };
}

function readYaml(text: string): { tree?: Node; findings: Finding[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // Twice the same key is for the validation to name.
    uniqueKeys: false,
    prettyErrors: false,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const finding = (severity: Finding['severity'], message: string, offset: number): Finding => ({
    severity,
    code: 'INVALID_YAML',
    message,
    ...at(offset),
  });
  const [problem] = document.errors;
  if (problem) return { findings: [finding('ERROR', problem.message, problem.pos[0])] };
  const findings = document.warnings.map(({ message, pos }) => finding('WARNING', message, pos[0]));
  try {
    return { tree: new TreeMaker(document).make(document.contents, 0), findings };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { findings: [finding('ERROR', error.message, error.offset)] };
  }
}

/** Something that YAML can say and JSON cannot. */
class NotJson extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

class TreeMaker {
  readonly #document: Document.Parsed;
  #nodes = 0;
  /** Values of the anchors that aliases are being followed to. */
  readonly #followed = new Set<unknown>();

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  /** `place`: where something stands that has no text of its own, such as an empty value. */
  make(node: unknown, place: number): Node {
    const offset = offsetOf(node) ?? place;
    if (++this.#nodes > NODES_MAX) throw new NotJson('the aliases make it too large', offset);
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (!target) throw new NotJson(`there is no anchor "${node.source}"`, offset);
      return { ...this.#follow(target, node.source, offset), offset };
    }
    if (isMap(node)) return { kind: 'object', offset, members: this.#members(node.items, offset) };
    if (isSeq(node)) {
      return { kind: 'array', offset, items: node.items.map((item) => this.make(item, offset)) };
    }
    return scalar(isScalar(node) ? node.value : null, offset);
  }

  /** What an alias stands for. An anchor whose value has the alias in it would have no end. */
  #follow(target: unknown, name: string, offset: number): Node {
    if (this.#followed.has(target))
      throw new NotJson(`the anchor "${name}" has itself in it`, offset);
    this.#followed.add(target);
    try {
      return this.make(target, offset);
    } finally {
      this.#followed.delete(target);
    }
  }

  #members(pairs: readonly { key: unknown; value: unknown }[], place: number): Member[] {
    const members: Member[] = [];
    const merged: Member[] = [];
    for (const { key, value } of pairs) {
      const keyOffset = offsetOf(key) ?? place;
      if (!isScalar(key)) throw new NotJson('a key must be a text', keyOffset);
      const node = this.make(value, keyOffset);
      if (key.value === '<<') merged.push(...mergedMembers(node));
      else members.push({ key: keyText(key), keyOffset, node });
    }
    const own = new Set(members.map((member) => member.key));
    return [...merged.filter((member) => !own.has(member.key)), ...members];
  }
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}

/** As it is written: `yes` and `1.0` stay what they look like. */
function keyText(key: { value: unknown; source?: string }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** What `<<` brings in. Of several maps the first one that has a key counts. */
function mergedMembers(node: Node): Member[] {
  if (node.kind === 'object') return [...node.members];
  if (node.kind !== 'array') throw new NotJson('"<<" must be a map', node.offset);
  const byKey = new Map<string, Member>();
  for (const member of node.items.toReversed().flatMap(mergedMembers))
    byKey.set(member.key, member);
  return [...byKey.values()];
}

function scalar(value: unknown, offset: number): Node {
  if (value === null || value === undefined) return { kind: 'null', offset, value: null };
  if (typeof value === 'string') return { kind: 'string', offset, value };
  if (typeof value === 'boolean') return { kind: 'boolean', offset, value };
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'number', offset, value };
  throw new NotJson(`JSON cannot say ${String(value)}`, offset);
}

function jsonOf(node: Node): Json {
  if (node.kind === 'object') {
    return Object.fromEntries(node.members.map(({ key, node: one }) => [key, jsonOf(one)]));
  }
  return node.kind === 'array' ? node.items.map(jsonOf) : node.value;
}
