/** Traces that fit a filter expression, as a scatter of response times and a list. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { atMost } from '../../model/range.ts';
import { useAddress } from '../../parts/page/address.ts';
import { Page } from '../../parts/page/page.tsx';
import { usePlace } from '../../parts/page/place.ts';
import { listedRows } from '../../parts/table/rows.ts';
import { RangePicker, useRange } from '../../parts/ui/range-picker.tsx';
import { FilterField, filterProblem } from './filter-field.tsx';
import { tracesQuery } from './queries.ts';
import { Scatter } from './scatter.tsx';
import { TraceTable } from './trace-table.tsx';
import './traces.css';

/** GetTraceSummaries answers for a day at most. */
const MINUTES_MAX = 1440;

export function TracesPage(): ReactNode {
  const range = useRange(60);
  const { filter = '' } = useAddress();
  const isGood = filterProblem(filter) === undefined;
  const query = useQuery({
    ...tracesQuery(usePlace(), range.text, filter, () => atMost(range.window(), MINUTES_MAX)),
    // The field says what is wrong with an expression; the server need not say it again.
    enabled: isGood,
  });
  const traces = isGood ? query.data?.items : undefined;
  return (
    <Page
      full
      title="Traces"
      actions={<RangePicker range={range.range} minutesMax={MINUTES_MAX} />}
    >
      <FilterField />
      {traces && traces.length > 0 && <Scatter traces={traces} />}
      {isGood && (
        <TraceTable
          source={listedRows(`${range.text} ${filter}`, query)}
          scanned={query.data?.scanned}
          isFiltered={filter !== ''}
        />
      )}
    </Page>
  );
}
