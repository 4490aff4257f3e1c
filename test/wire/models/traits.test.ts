/** Every name in every model, at every level, is one that the wire honours or passes over on purpose. */
import { expect, it } from 'vitest';
import { modelSource } from '../../../src/edge/aws-models.ts';
import { TRAITS, type TraitLevel } from '../../../src/wire/model/traits.ts';
import { matcherOf } from '../../../src/wire/pattern.ts';
import { folder, missing, modelNames, modelText } from './folder.ts';

type Raw = Record<string, unknown>;

/** All names at each level of a model. */
function namesOf(model: Raw): Map<TraitLevel, Set<string>> {
  const found = new Map<TraitLevel, Set<string>>();
  const note = (level: TraitLevel, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const names = found.get(level) ?? new Set();
    found.set(level, names);
    for (const name of Object.keys(value)) names.add(name);
    note('XML namespace', level === 'XML namespace' ? undefined : (value as Raw).xmlNamespace);
  };
  note('model', model);
  note('metadata', { ...(model.metadata as Raw), xmlNamespace: undefined });
  for (const operation of Object.values(model.operations as Record<string, Raw>)) {
    note('operation', operation);
    note('http', operation.http);
    note('endpoint', operation.endpoint);
    note('checksum', operation.httpChecksum);
    note('input', operation.input);
    note('output', operation.output);
    for (const error of (operation.errors ?? []) as Raw[]) note('error of an operation', error);
  }
  for (const shape of Object.values(model.shapes as Record<string, Raw>)) {
    note('shape', shape);
    note('error', shape.error);
    for (const member of Object.values((shape.members ?? {}) as Raw)) note('member', member);
    for (const part of [shape.member, shape.key, shape.value]) note('part of a list or map', part);
  }
  return found;
}

/** Names that nobody has decided about. */
function unknownTo(model: Raw): string[] {
  return [...namesOf(model)].flatMap(([level, names]) => {
    const { honoured, ignored } = TRAITS[level] as {
      honoured: readonly string[];
      ignored: Readonly<Record<string, string>>;
    };
    return [...names]
      .filter((name) => !honoured.includes(name) && !Object.hasOwn(ignored, name))
      .map((name) => `${level}: ${name}`);
  });
}

it.skipIf(missing)('knows every trait of every model', () => {
  const names = modelNames();
  expect(names.length).toBeGreaterThan(25);
  expect(
    names.flatMap((name) =>
      unknownTo(JSON.parse(modelText(name)) as Raw).map((trait) => `${name}: ${trait}`),
    ),
  ).toEqual([]);
});

it.each<[string, string]>([
  ['metadata', 'metadata: novel'],
  ['operations.Do', 'operation: novel'],
  ['operations.Do.http', 'http: novel'],
  ['operations.Do.input', 'input: novel'],
  ['shapes.Thing', 'shape: novel'],
  ['shapes.Thing.members.part', 'member: novel'],
  ['shapes.Thing.members.part.xmlNamespace', 'XML namespace: novel'],
  ['shapes.List.member', 'part of a list or map: novel'],
])('notices a new trait in %s', (path, expected) => {
  const model = {
    metadata: {},
    operations: { Do: { name: 'Do', http: {}, input: { shape: 'Thing' } } },
    shapes: {
      Thing: { type: 'structure', members: { part: { shape: 'List', xmlNamespace: {} } } },
      List: { type: 'list', member: { shape: 'Thing' } },
    },
  };
  expect(unknownTo(model)).toEqual([]);
  const place = path.split('.').reduce<Raw>((part, name) => part[name] as Raw, model);
  place.novel = true;
  expect(unknownTo(model)).toEqual([expected]);
});

it.skipIf(missing)('reads the metadata of every model from its head', () => {
  for (const name of modelNames()) {
    const { metadata } = JSON.parse(modelText(name)) as Raw;
    expect(modelSource(folder, name).metadata).toEqual(metadata);
  }
});

it.skipIf(missing)('compiles every pattern of every model', () => {
  const broken = modelNames().flatMap((name) => {
    const { shapes } = JSON.parse(modelText(name)) as { shapes: Record<string, Raw> };
    return Object.entries(shapes).flatMap(([shape, { pattern }]) => {
      if (typeof pattern !== 'string') return [];
      try {
        matcherOf(pattern)('x');
        return [];
      } catch (error) {
        return [`${name}: ${shape} ${String(error)}`];
      }
    });
  });
  expect(broken).toEqual([]);
});
