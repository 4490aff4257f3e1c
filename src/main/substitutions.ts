/**
 * `${Name}` in a definition's texts, as SAM's DefinitionSubstitutions fill them before the definition
 * is deployed. Values come from the command line and from a template; pseudo parameters have the
 * values of this server. A name without a value is accepted: in a Resource it stands for a function
 * of that name, everywhere else the text stays as it is.
 */
import { resolve } from 'node:path';
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import type { Node } from '../asl/parse.ts';
import { functionArn, type Place, partitionOf } from '../ground/arn.ts';
import { UsageError } from './usage.ts';

export type Substitutions = ReadonlyMap<string, string>;

const PLACE: Place = { account: '000000000000', region: 'us-east-1' };
const PSEUDO: Substitutions = new Map([
  ['AWS::AccountId', PLACE.account],
  ['AWS::Partition', partitionOf(PLACE.region)],
  ['AWS::Region', PLACE.region],
  ['AWS::StackName', 'stack'],
  ['AWS::URLSuffix', 'amazonaws.com'],
]);
const PLACEHOLDER = /\$\{\s*([A-Za-z0-9_.:-]+)\s*\}/g;

const functionNamed = (name: string): string =>
  functionArn(PLACE, name.replace(/[^A-Za-z0-9_-]/g, '-'));

/** `Name=Value`, as options give them. Throws UsageError. */
export function readSubstitutions(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--substitute must be Name=Value: ${text}`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** The tree with its placeholders filled; offsets stay those of the text. */
export function substitute(tree: Node, given: Substitutions): Node {
  return filled(tree, undefined, given);
}

function filled(node: Node, key: string | undefined, given: Substitutions): Node {
  if (node.kind === 'object') {
    const members = node.members.map((member) => ({
      ...member,
      node: filled(member.node, member.key, given),
    }));
    return { ...node, members };
  }
  if (node.kind === 'array') {
    return { ...node, items: node.items.map((item) => filled(item, key, given)) };
  }
  if (node.kind !== 'string' || !node.value.includes('${')) return node;
  const { value } = node;
  const whole = value.replace(/^\s*\$\{\s*|\s*\}\s*$/g, '');
  if (key === 'Resource' && value.trim() === `\${${whole}}` && !given.has(whole)) {
    return { ...node, value: functionNamed(whole) };
  }
  const text = value.replace(
    PLACEHOLDER,
    (all, name: string) => given.get(name) ?? PSEUDO.get(name) ?? all,
  );
  return { ...node, value: text };
}

/**
 * What a SAM template substitutes in the definition in `file`: by the state machine whose
 * DefinitionUri is that file, or by the only one there is. Throws UsageError.
 */
export function templateSubstitutions(
  template: string,
  text: string,
  file: string,
): Map<string, string> {
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  const [problem] = document.errors.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED');
  if (problem) throw new UsageError(`cannot read ${template}: ${problem.message}`);
  const machines = stateMachines(document.contents);
  if (machines.length === 0) throw new UsageError(`${template} has no state machine`);
  const folder = resolve(template, '..');
  const named = machines.find((properties) => {
    const uri = properties.get('DefinitionUri');
    return typeof uri === 'string' && resolve(folder, uri) === resolve(file);
  });
  const machine = named ?? (machines.length === 1 ? machines[0]! : undefined);
  if (!machine) {
    throw new UsageError(`no state machine of ${template} has ${file} as its DefinitionUri`);
  }
  const substitutions = machine.get('DefinitionSubstitutions');
  if (!isMap(substitutions)) return new Map();
  return new Map(
    substitutions.items.flatMap(({ key, value }) => {
      const found = givenBy(value);
      return found === undefined ? [] : [[String(isScalar(key) ? key.value : key), found] as const];
    }),
  );
}

function stateMachines(contents: unknown): YAMLMap[] {
  const resources = isMap(contents) ? contents.get('Resources') : undefined;
  if (!isMap(resources)) return [];
  return resources.items.flatMap(({ value }) => {
    if (!isMap(value)) return [];
    const type = String(value.get('Type'));
    const properties = value.get('Properties');
    const machine = type === 'AWS::Serverless::StateMachine' || type.endsWith('::StateMachine');
    return machine && isMap(properties) ? [properties] : [];
  });
}

/** Of a value or an intrinsic function; what only a deployment knows is named by its resource. */
function givenBy(node: unknown): string | undefined {
  if (isScalar(node)) {
    const text = String(node.value);
    if (node.tag === '!GetAtt') return attributeOf(text);
    return node.tag === '!Sub' ? substituted(text) : text;
  }
  if (!isMap(node)) return undefined;
  const [pair] = node.items;
  const value = pair?.value;
  const name = isScalar(pair?.key) ? pair.key.value : undefined;
  if (name === 'Fn::GetAtt') {
    const parts = isScalar(value) ? String(value.value) : listText(value);
    return parts === undefined ? undefined : attributeOf(parts);
  }
  if (name === 'Ref' && isScalar(value)) return String(value.value);
  return name === 'Fn::Sub' && isScalar(value) ? substituted(String(value.value)) : undefined;
}

function listText(node: unknown): string | undefined {
  const list = (node as { toJSON?(): unknown } | null)?.toJSON?.();
  return Array.isArray(list) ? list.join('.') : undefined;
}

/** A function's Arn is the attribute that definitions ask for; any other is a text of its own. */
function attributeOf(reference: string): string {
  const [resource, attribute] = reference.split('.', 2) as [string, string?];
  return attribute === 'Arn' ? functionNamed(resource) : reference;
}

const substituted = (text: string): string =>
  text.replace(PLACEHOLDER, (_, name: string) =>
    name.includes('.') ? attributeOf(name) : (PSEUDO.get(name) ?? name),
  );
