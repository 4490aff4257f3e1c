/** The filter expression, checked while it is typed with the server's own grammar. */
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { parseFilter } from '../../../../src/trace/filter.ts';
import { FILTER_EXAMPLES } from '../../model/filter-text.ts';
import { useAddress, usePatch } from '../../parts/page/address.ts';

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
          <FormField errorText={problem} stretch>
            <Input
              type="search"
              value={text}
              ariaLabel="Filter expression"
              clearAriaLabel="Clear"
              placeholder='Filter expression, for example service("my-function") { fault = true }'
              spellcheck={false}
              autoComplete={false}
              invalid={problem !== undefined}
              onChange={({ detail }) => {
                setText(detail.value);
                if (detail.value === '') patch({ filter: '' });
              }}
              data-testid="filter-input"
            />
          </FormField>
        </div>
        <Button variant="primary" disabled={problem !== undefined} onClick={() => run()}>
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
