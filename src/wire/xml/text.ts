/** Pieces of XML text. */

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** Text content; control characters that XML cannot carry are left out. */
export function xmlText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}

/** Text in the quotes of an attribute. */
export function xmlAttribute(text: string): string {
  return xmlText(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\t', '&#x9;');
}

/** The attribute that declares a namespace, with a space before it; nothing where there is none. */
export function namespace(uri: string | undefined, prefix?: string): string {
  if (uri === undefined) return '';
  return ` xmlns${prefix === undefined ? '' : `:${prefix}`}="${xmlAttribute(uri)}"`;
}
