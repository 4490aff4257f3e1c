import { describe, expect, it } from 'vitest';
import { type Element, parseXml } from './parse.ts';

/** An element as one line. */
function shown({ name, attributes, children, text }: Element): string {
  const told = [...attributes].map(([key, value]) => ` ${key}=${value}`).join('');
  return `${name}${told}(${text}${children.map(shown).join('')})`;
}

describe('documents', () => {
  it.each([
    ['<a/>', 'a()'],
    ['<a></a>', 'a()'],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><a>t</a>\n', 'a(t)'],
    ['\ufeff<a>t</a >', 'a(t)'],
    ['<a>1<b>2</b>3<b/></a>', 'a(13b(2)b())'],
    ['<s:a xmlns:s="urn:x" xmlns="urn:y" s:type = \'T"\'>x</s:a>', 'a type=T"(x)'],
    ['<a b="&lt;&quot;&#65;" c=""/>', 'a b=<"A c=()'],
    ['<a>&lt;&gt;&amp;&apos;&#x1F600;&#10;</a>', "a(<>&'\u{1F600}\n)"],
    ['<a><![CDATA[<b>&amp;]]>&amp;</a>', 'a(<b>&amp;&)'],
    ['<a>1\r\n2\r3</a>', 'a(1\n2\n3)'],
    ['<a><!-- <b> --><?p <b> ?></a>', 'a()'],
  ])('%j', (text, expected) => {
    expect(shown(parseXml(text))).toBe(expected);
  });
});

describe('what is refused', () => {
  it.each([
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>text',
    '<a b/>',
    '<a b=c/>',
    '<a b="<"/>',
    '<a><b></a></b>',
    '<a>&b;</a>',
    '<a>&</a>',
    '<a>&#0;</a>',
    '<a>&#x110000;</a>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<a>'.repeat(200) + '</a>'.repeat(200),
  ])('%j', (text) => {
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
  });

  it('takes steps in proportion to the length, whatever the text', () => {
    const cost = (text: string): number => {
      const started = process.cpuUsage();
      for (let i = 0; i < 20; i++) expect(() => parseXml(text)).toThrow();
      const { user, system } = process.cpuUsage(started);
      return user + system;
    };
    for (const piece of ['<a ', ' a="b"', '&lt;', '<!--', '   ', '</a>']) {
      const short = `<a${piece.repeat(2_000)}`;
      const long = `<a${piece.repeat(20_000)}`;
      cost(short);
      expect(cost(long), piece).toBeLessThan(60 * Math.max(cost(short), 2_000));
    }
  });
});
