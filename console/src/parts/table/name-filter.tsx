/** A list that is here as a whole, narrowed to the names that contain what is typed. */
import { type ReactNode, useMemo } from 'react';
import { useAddress, usePatch } from '../page/address.ts';
import { Empty } from '../ui/basics.tsx';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/search-field.tsx';
import type { Rows } from './rows.ts';

export function NameFilter(): ReactNode {
  const { name = '' } = useAddress();
  const patch = usePatch();
  return (
    <div className="filters">
      <SearchField value={name} label="Name contains" onChange={(next) => patch({ name: next })} />
    </div>
  );
}

export function useNameFilter<Row>(
  source: Rows<Row>,
  nameOf: (row: Row) => string,
): { filtered: Rows<Row>; isFiltered: boolean } {
  const { name = '' } = useAddress();
  const { rows } = source;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the name of a row does not change
  const fitting = useMemo(() => {
    const wanted = name.toLowerCase();
    return rows?.filter((row) => nameOf(row).toLowerCase().includes(wanted));
  }, [rows, name]);
  return { filtered: { ...source, rows: fitting }, isFiltered: name !== '' };
}

export function NothingFits(): ReactNode {
  const patch = usePatch();
  return (
    <Empty icon="search" title="No name fits">
      <Button onClick={() => patch({ name: '' })}>Clear the filter</Button>
    </Empty>
  );
}
