/** All functions. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { functionsQuery } from '../../api/functions.ts';
import { bytes, stamp } from '../../model/format.ts';
import { functionPath } from '../../model/paths.ts';
import type { FunctionConfig } from '../../model/shapes.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import type { Column } from '../../parts/table/column.ts';
import { NameFilter, NothingFits, useNameFilter } from '../../parts/table/name-filter.tsx';
import { ResourceTable } from '../../parts/table/resource-table.tsx';
import { listedRows } from '../../parts/table/rows.ts';
import { Empty, Snippet } from '../../parts/ui/basics.tsx';
import { parseModified } from './modified.ts';

export function FunctionsPage(): ReactNode {
  const source = listedRows('functions', useQuery(functionsQuery(usePlace())));
  const { filtered, isFiltered } = useNameFilter(source, (row) => row.FunctionName);
  return (
    <Page full title="Functions">
      <ResourceTable
        id="functions"
        label="Functions"
        noun={['function', 'functions']}
        source={filtered}
        rowKey={(row) => row.FunctionArn}
        columns={COLUMNS}
        initialSort="name"
        filters={<NameFilter />}
        pathOf={(row) => functionPath(row.FunctionName)}
        rowTestId={() => 'function-row'}
        empty={isFiltered ? <NothingFits /> : <NoFunctions />}
      />
    </Page>
  );
}

function NoFunctions(): ReactNode {
  const text =
    `aws lambda create-function --endpoint-url ${location.origin} \\\n` +
    '  --function-name hello --runtime nodejs20.x --handler index.handler \\\n' +
    '  --role arn:aws:iam::000000000000:role/steplight \\\n' +
    '  --tracing-config Mode=Active --zip-file fileb://hello.zip';
  return (
    <Empty icon="function" title="No functions yet">
      <p>
        Create one with an SDK, the CLI or your infrastructure tool. It runs as a local process.
      </p>
      <Snippet text={text} />
    </Empty>
  );
}

const COLUMNS: readonly Column<FunctionConfig>[] = [
  {
    id: 'name',
    title: 'Name',
    cell: (row) => <Link to={functionPath(row.FunctionName)}>{row.FunctionName}</Link>,
    sort: (row) => row.FunctionName.toLowerCase(),
  },
  {
    id: 'runtime',
    title: 'Runtime',
    width: 110,
    cell: (row) => row.Runtime ?? '–',
    sort: (row) => row.Runtime ?? '',
  },
  {
    id: 'memory',
    title: 'Memory',
    width: 106,
    narrow: 92,
    align: 'right',
    cell: (row) => `${row.MemorySize ?? 128} MB`,
    sort: (row) => row.MemorySize ?? 128,
  },
  {
    id: 'timeout',
    title: 'Timeout',
    width: 104,
    narrow: 90,
    align: 'right',
    cell: (row) => `${row.Timeout ?? 3} s`,
    sort: (row) => row.Timeout ?? 3,
  },
  {
    id: 'size',
    title: 'Code',
    width: 104,
    narrow: 84,
    align: 'right',
    cell: (row) => bytes(row.CodeSize),
    sort: (row) => row.CodeSize ?? 0,
  },
  {
    id: 'tracing',
    title: 'Tracing',
    width: 115,
    narrow: 104,
    cell: (row) =>
      row.TracingConfig?.Mode === 'Active' ? 'Active' : <span className="faint">Pass through</span>,
    sort: (row) => row.TracingConfig?.Mode ?? '',
  },
  {
    id: 'modified',
    title: 'Modified',
    width: 170,
    narrow: 164,
    cell: (row) => {
      const at = parseModified(row.LastModified);
      return <span className="num">{at === undefined ? '–' : stamp(at)}</span>;
    },
    sort: (row) => parseModified(row.LastModified) ?? 0,
  },
];
