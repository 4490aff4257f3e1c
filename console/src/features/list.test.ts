import { describe, expect, it } from 'vitest';
import type { PageRoute } from './feature.ts';
import { FEATURES } from './list.ts';
import { railGroups } from './rail.ts';

const routes = FEATURES.flatMap((feature) => feature.routes);
const pages = routes.filter((route): route is PageRoute => 'page' in route);
const entries = FEATURES.flatMap(({ rail }) => rail ?? []);
/** With its parameters as one text: two such paths would be the same route. */
const shapeOf = (path: string): string => path.replace(/\$\w+/g, '$');

describe('the features', () => {
  it('have names and paths of their own', () => {
    for (const texts of [FEATURES.map(({ id }) => id), routes.map(({ path }) => shapeOf(path))]) {
      expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    }
    expect(routes.filter(({ path }) => !path.startsWith('/'))).toEqual([]);
  });

  it('can each be reached', () => {
    const paths = new Set(pages.map(({ path }) => path));
    expect(entries.filter(({ to }) => !paths.has(to))).toEqual([]);
    expect(FEATURES.filter(({ rail }) => !rail?.length).map(({ id }) => id)).toEqual([]);
    // What has no entry is opened from the page above it.
    const entered = new Set(entries.map(({ to }) => to));
    const above = (path: string): boolean =>
      entered.has(path) || (path !== '' && above(path.slice(0, path.lastIndexOf('/'))));
    expect([...paths].filter((path) => !above(path))).toEqual([]);
    for (const route of routes) if ('to' in route) expect(paths).toContain(route.to);
  });

  it('stand in the rail in groups that are not torn apart', () => {
    const groups = railGroups(FEATURES);
    const titles = groups.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
    expect(groups[0]).toMatchObject({ title: undefined, entries: [{ to: '/' }] });
    expect(groups.flatMap((group) => group.entries.map(({ to }) => to))).toEqual(
      entries.map(({ to }) => to),
    );
  });

  it('say of every kind of notice what it makes old', () => {
    const topics = FEATURES.flatMap(({ live }) => live ?? []).map(({ topic }) => topic);
    expect([...new Set(topics)].sort()).toEqual([
      'execution',
      'function',
      'history',
      'log',
      'machine',
      'trace',
    ]);
  });

  it('search once for what nothing else knows', () => {
    expect(FEATURES.filter(({ jump }) => jump?.search).map(({ id }) => id)).toEqual(['executions']);
  });
});

describe('the groups of the rail', () => {
  it('are the titles of neighbours', () => {
    const entry = (to: string, group?: string) => ({ to, text: to, icon: 'run', group }) as const;
    const of = (...rail: ReturnType<typeof entry>[]) => ({ id: 'x', routes: [], rail });
    const groups = railGroups([
      of(entry('/')),
      of(entry('/a', 'A')),
      of(entry('/b', 'A')),
    ] as never);
    expect(groups.map(({ title, entries }) => [title, entries.length])).toEqual([
      [undefined, 1],
      ['A', 2],
    ]);
  });
});
