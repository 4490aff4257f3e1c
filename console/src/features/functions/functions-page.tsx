/** All functions. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { functionsQuery } from '../../api/functions.ts';
import type { FunctionConfig } from '../../api/types.ts';
import { bytes, stamp } from '../../model/format.ts';
import { functionPath } from '../../model/paths.ts';
import { Page } from '../../parts/page/page.tsx';
import { type Column, DataTable } from '../../parts/table/data-table.tsx';
import { Empty, ErrorNotice, Panel, Snippet } from '../../parts/ui/basics.tsx';
import { parseModified } from './modified.ts';

export function FunctionsPage(): ReactNode {
  const query = useQuery(functionsQuery);
  return (
    <Page title="Functions">
      {query.error && <ErrorNotice error={query.error} retry={() => query.refetch()} />}
      <Panel flush>
        <DataTable
          label="Functions"
          columns={COLUMNS}
          rows={query.error ? [] : query.data}
          rowKey={(row) => row.FunctionArn}
          rowTestId="function-row"
          initialSort="name"
          empty={<NoFunctions />}
        />
      </Panel>
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
    wide: true,
    cell: (row) => <Link to={functionPath(row.FunctionName)}>{row.FunctionName}</Link>,
    sort: (row) => row.FunctionName.toLowerCase(),
  },
  {
    id: 'runtime',
    title: 'Runtime',
    cell: (row) => row.Runtime ?? '–',
    sort: (row) => row.Runtime ?? '',
  },
  {
    id: 'memory',
    title: 'Memory',
    align: 'right',
    cell: (row) => `${row.MemorySize ?? 128} MB`,
    sort: (row) => row.MemorySize ?? 128,
  },
  {
    id: 'timeout',
    title: 'Timeout',
    align: 'right',
    cell: (row) => `${row.Timeout ?? 3} s`,
    sort: (row) => row.Timeout ?? 3,
  },
  {
    id: 'size',
    title: 'Code',
    align: 'right',
    cell: (row) => bytes(row.CodeSize),
    sort: (row) => row.CodeSize ?? 0,
  },
  {
    id: 'tracing',
    title: 'Tracing',
    cell: (row) =>
      row.TracingConfig?.Mode === 'Active' ? 'Active' : <span className="faint">Pass through</span>,
    sort: (row) => row.TracingConfig?.Mode ?? '',
  },
  {
    id: 'modified',
    title: 'Modified',
    cell: (row) => {
      const at = parseModified(row.LastModified);
      return <span className="num">{at === undefined ? '–' : stamp(at)}</span>;
    },
    sort: (row) => parseModified(row.LastModified) ?? 0,
  },
];
