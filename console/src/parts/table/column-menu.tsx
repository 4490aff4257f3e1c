/** The menu that chooses the columns of a table. */
import type { ReactNode } from 'react';
import { Checkbox } from '../ui/checkbox.tsx';
import { Icon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';

interface Props {
  readonly columns: readonly { readonly id: string; readonly title: string }[];
  readonly hidden: readonly string[];
  readonly onToggle: (id: string) => void;
}

export function ColumnMenu({ columns, hidden, onToggle }: Props): ReactNode {
  // A table of no columns could not be told from one without rows.
  const isLast = hidden.length === columns.length - 1;
  return (
    <Menu label="Columns" className="icon-button" summary={<Icon name="columns" />}>
      {() =>
        columns.map(({ id, title }) => {
          const isShown = !hidden.includes(id);
          return (
            <Checkbox
              key={id}
              isOn={isShown}
              onChange={() => !(isShown && isLast) && onToggle(id)}
              testId={`column-${id}`}
            >
              {title}
            </Checkbox>
          );
        })
      }
    </Menu>
  );
}
