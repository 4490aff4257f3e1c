import { describe, expect, it } from 'vitest';
import type { RawModel } from '../model/raw.ts';
import { readModel } from '../model/read.ts';
import { parseXml } from './parse.ts';
import { xmlReaderOf } from './read.ts';
import { xmlElement } from './write.ts';

const raw: RawModel = {
  operations: {
    Do: { name: 'Do', http: { method: 'POST', requestUri: '/' }, input: { shape: 'Thing' } },
  },
  shapes: {
    Thing: {
      type: 'structure',
      xmlOrder: ['Last', 'Name'],
      members: {
        Name: { shape: 'Text' },
        Last: { shape: 'Count' },
        Kind: { shape: 'Text', xmlAttribute: true, locationName: 'xsi:type' },
        Plain: { shape: 'Texts' },
        Named: { shape: 'Items' },
        Flat: { shape: 'Texts', flattened: true, locationName: 'One' },
        Table: { shape: 'Table' },
        FlatTable: { shape: 'Table', flattened: true, locationName: 'Row' },
        When: { shape: 'When' },
        Until: { shape: 'Until' },
        Data: { shape: 'Data' },
        Inner: { shape: 'Inner', xmlNamespace: { uri: 'urn:inner', prefix: 'i' } },
        Header: { shape: 'Text', location: 'header', locationName: 'x-header' },
      },
    },
    Inner: { type: 'structure', members: { thing: { shape: 'Thing' } } },
    Text: { type: 'string' },
    Count: { type: 'integer' },
    When: { type: 'timestamp' },
    Until: { type: 'timestamp', timestampFormat: 'rfc822' },
    Data: { type: 'blob' },
    Texts: { type: 'list', member: { shape: 'Text' } },
    Items: { type: 'list', member: { shape: 'Text', locationName: 'Item' } },
    Table: {
      type: 'map',
      key: { shape: 'Text', locationName: 'Name' },
      value: { shape: 'Count' },
    },
  },
};
const metadata = {
  apiVersion: '2020-01-01',
  endpointPrefix: 'x',
  protocol: 'rest-xml',
  serviceFullName: 'X',
  serviceId: 'X',
};
const shape = readModel({ id: 'x', metadata, read: () => raw }).operations.get('Do')!.input!;
const read = (text: string): unknown => xmlReaderOf(shape)(parseXml(text));
const write = (value: object): string => xmlElement('Thing', shape, value);

describe('elements', () => {
  it.each<[object, string]>([
    [{ Name: 'a<b', Last: 1 }, '<Thing><Last>1</Last><Name>a&lt;b</Name></Thing>'],
    [{ Kind: 'a"b' }, '<Thing xsi:type="a&quot;b"></Thing>'],
    [{ Plain: ['a', ''] }, '<Thing><Plain><member>a</member><member></member></Plain></Thing>'],
    [{ Plain: [] }, '<Thing><Plain></Plain></Thing>'],
    [{ Named: ['a'] }, '<Thing><Named><Item>a</Item></Named></Thing>'],
    [{ Flat: ['a', 'b'] }, '<Thing><One>a</One><One>b</One></Thing>'],
    [
      { Table: { a: 1 } },
      '<Thing><Table><entry><Name>a</Name><value>1</value></entry></Table></Thing>',
    ],
    [
      { FlatTable: { a: 1, b: 2 } },
      '<Thing><Row><Name>a</Name><value>1</value></Row><Row><Name>b</Name><value>2</value></Row></Thing>',
    ],
    [{ When: new Date(1_700_000_000_500) }, '<Thing><When>2023-11-14T22:13:20.500Z</When></Thing>'],
    [
      { Until: new Date(1_700_000_000_000) },
      '<Thing><Until>Tue, 14 Nov 2023 22:13:20 GMT</Until></Thing>',
    ],
    [{ Data: Buffer.from('ab') }, '<Thing><Data>YWI=</Data></Thing>'],
    [
      { Inner: { thing: { Name: 'x' } } },
      '<Thing><Inner xmlns:i="urn:inner"><thing><Name>x</Name></thing></Inner></Thing>',
    ],
  ])('%j', (value, text) => {
    expect(write(value)).toBe(text);
    expect(read(text)).toEqual(value);
  });

  it('leave out what is null, bound elsewhere or unknown', () => {
    expect(write({ Name: null, Header: 'h', Other: 1, Table: { a: undefined } })).toBe(
      '<Thing><Table></Table></Thing>',
    );
    expect(read('<Thing><Other>1</Other><Header>h</Header></Thing>')).toEqual({});
  });

  it('are read under any prefix, and refused where they are no value of their shape', () => {
    expect(read('<n:Thing xmlns:n="u"><n:Last> 7 </n:Last></n:Thing>')).toEqual({ Last: 7 });
    expect(() => read('<Thing><Last>seven</Last></Thing>')).toThrow('cannot be converted');
  });
});
