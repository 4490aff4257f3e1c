/** The filter expression, checked while it is typed with the server's own grammar. */
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { parseFilter } from '../../../../src/trace/filter.ts';
import { FILTER_EXAMPLES } from '../../model/filter-text.ts';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Button } from '../../parts/ui/button.tsx';
import { FieldError } from '../../parts/ui/labelled.tsx';
import { TextField } from '../../parts/ui/text-field.tsx';

export function FilterField(): ReactNode {
  const { filter = '' } = useAddress();
  const patch = usePatch();
  const [text, setText] = useState(filter);
  useEffect(() => setText(filter), [filter]);
  const problem = useMemo(() => filterProblem(text), [text]);
  const run = (next = text): void => {
    if (!filterProblem(next)) patch({ filter: next.trim() }, { push: true });
  };
  return (
    <div className="stack" style={{ gap: 6 }}>
      <form
        className="filter-field"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <div className="grow">
          <TextField
            isSearch
            value={text}
            label="Filter expression"
            placeholder='Filter expression, for example service("my-function") { fault = true }'
            isInvalid={problem !== undefined}
            onChange={(next) => {
              setText(next);
              if (next === '') patch({ filter: '' });
            }}
            testId="filter-input"
          />
          <FieldError text={problem} />
        </div>
        <Button kind="primary" isDisabled={problem !== undefined} onClick={() => run()}>
          Run query
        </Button>
      </form>
      {filter === '' && (
        <div className="examples">
          <span className="faint">Try</span>
          {FILTER_EXAMPLES.map((example) => (
            <button
              key={example.text}
              type="button"
              title={`Traces where ${example.means}`}
              onClick={() => setText(example.text)}
            >
              {example.text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** The first problem as a sentence; undefined where the text is fine or empty. */
export function filterProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const reading = parseFilter(text);
  if (reading.ok) return undefined;
  const { message, position } = reading.problem;
  const near = text.slice(position, position + 16).trim();
  return near ? `${message} (at “${near}”)` : message;
}
