/** JSON as a tree that folds; texts that are JSON themselves can be opened too. */
import { type ReactNode, useState } from 'react';
import { isObject, type Json, tryParseJson } from '../../../../src/ground/json.ts';
import { bytes } from '../../model/format.ts';
import { Copy } from '../ui/basics.tsx';
import { Icon } from '../ui/icons.tsx';
import './json.css';

const CHILDREN_SHOWN = 100;
const OPEN_TO_DEPTH = 3;
const TEXT_SHOWN = 600;

/** `text`: what AWS gives as a JSON text. What is no JSON is shown as it is. */
export function JsonText({ text, maxHeight }: { text: string; maxHeight?: string }): ReactNode {
  const value = tryParseJson(text);
  if (value === undefined) {
    return (
      <div className="json" style={{ maxHeight }}>
        <pre className="plain">{text}</pre>
        <Copy text={text} />
      </div>
    );
  }
  return <JsonView value={value} {...(maxHeight === undefined ? {} : { maxHeight })} />;
}

export function JsonView({ value, maxHeight }: { value: Json; maxHeight?: string }): ReactNode {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="json" style={{ maxHeight }}>
      <div className="tree">
        <Value value={value} depth={0} />
      </div>
      <Copy text={text} label={`Copy (${bytes(text.length)})`} />
    </div>
  );
}

function Value(props: { name?: string; value: Json; depth: number; last?: boolean }): ReactNode {
  const { name, value, depth, last = true } = props;
  const entries = childrenOf(value);
  const [open, setOpen] = useState(
    depth < OPEN_TO_DEPTH && (entries?.length ?? 0) <= CHILDREN_SHOWN,
  );
  const [shown, setShown] = useState(CHILDREN_SHOWN);
  const label = name !== undefined && <span className="key">{JSON.stringify(name)}: </span>;
  const comma = last ? '' : ',';
  if (!entries || entries.length === 0) {
    return (
      <div className="line">
        {label}
        <Leaf value={value} />
        {comma}
      </div>
    );
  }
  const [before, after] = Array.isArray(value) ? '[]' : '{}';
  return (
    <div className="line">
      <button
        type="button"
        className="fold"
        aria-expanded={open}
        aria-label={open ? 'Fold' : 'Unfold'}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? 'down' : 'chevron'} size={10} />
      </button>
      {label}
      {before}
      {open ? (
        <>
          <div className="children">
            {entries.slice(0, shown).map(([key, child], index) => (
              <Value
                key={key}
                {...(Array.isArray(value) ? {} : { name: key })}
                value={child}
                depth={depth + 1}
                last={index === entries.length - 1}
              />
            ))}
            {shown < entries.length && (
              <button type="button" className="link" onClick={() => setShown(shown + 1000)}>
                {entries.length - shown} more
              </button>
            )}
          </div>
          {after}
          {comma}
        </>
      ) : (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {entries.length} {Array.isArray(value) ? 'items' : 'members'}
        </button>
      )}
      {!open && `${after}${comma}`}
    </div>
  );
}

function childrenOf(value: Json): [string, Json][] | undefined {
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child]);
  return isObject(value) ? Object.entries(value) : undefined;
}

function Leaf({ value }: { value: Json }): ReactNode {
  const [whole, setWhole] = useState(false);
  if (typeof value !== 'string') {
    const kind = value === null ? 'null' : Array.isArray(value) ? '' : typeof value;
    return <span className={kind}>{JSON.stringify(value)}</span>;
  }
  const text = JSON.stringify(value);
  if (whole || text.length <= TEXT_SHOWN) return <span className="string">{text}</span>;
  return (
    <>
      <span className="string">{text.slice(0, TEXT_SHOWN)}…</span>{' '}
      <button type="button" className="link" onClick={() => setWhole(true)}>
        {bytes(text.length)}, show all
      </button>
    </>
  );
}
