/**
 * The parameters of a form as a tree: `Tags.member.1.Key` lies at Tags, member, 1, Key. Of a name that
 * is given twice the last one counts.
 */
export interface FormNode {
  readonly text: string | undefined;
  readonly parts: ReadonlyMap<string, FormNode>;
}

interface Growing {
  text: string | undefined;
  readonly parts: Map<string, Growing>;
}

/** Parts of one name; deeper than any shape of the models. */
const PARTS_MAX = 100;

export function formTree(form: URLSearchParams): FormNode {
  const root: Growing = { text: undefined, parts: new Map() };
  for (const [name, text] of form) {
    const path = name.split('.', PARTS_MAX + 1);
    if (path.length > PARTS_MAX) continue;
    let node = root;
    for (const part of path) {
      let next = node.parts.get(part);
      if (!next) {
        next = { text: undefined, parts: new Map() };
        node.parts.set(part, next);
      }
      node = next;
    }
    node.text = text;
  }
  return root;
}
