/** The editor itself: CodeMirror with JSON, our colours and the marks it is given. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxTree,
} from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Range } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { type ReactNode, useEffect, useRef } from 'react';
import type { EditorProps, Mark } from './editor-props.ts';

/** Colours by the parser's own node names, through the classes that the JSON view uses. */
const CLASSES: Readonly<Record<string, string>> = {
  PropertyName: 'key',
  String: 'string',
  Number: 'number',
  True: 'boolean',
  False: 'boolean',
  Null: 'null',
};

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = colour(view);
    }
    update(update: ViewUpdate): void {
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || parsed) {
        this.decorations = colour(update.view);
      }
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function colour(view: EditorView): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        const name = CLASSES[node.name];
        if (name && node.to > node.from) {
          marks.push(Decoration.mark({ class: name }).range(node.from, node.to));
        }
      },
    });
  }
  return Decoration.set(marks, true);
}

export function EditorCore(props: EditorProps): ReactNode {
  const { value, onChange, label, marks, readOnly } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef({ value, label, readOnly, hasMarks: marks !== undefined });

  useEffect(() => {
    const start = first.current;
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: start.value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          json(),
          colours,
          lintGutter(),
          // Who gives marks checks more than the JSON.
          ...(start.hasMarks ? [] : [linter(jsonParseLinter())]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': start.label }),
          EditorState.readOnly.of(start.readOnly ?? false),
          keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !marks) return;
    const size = editor.state.doc.length;
    const found = marks.map((mark) => diagnostic(mark, size));
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [marks]);
  return <div ref={host} className="json-syntax" style={{ height: '100%' }} />;
}

function diagnostic(mark: Mark, size: number): Diagnostic {
  const from = Math.min(mark.from, size);
  return { ...mark, from, to: Math.max(from, Math.min(mark.to, size)) };
}
