/**
 * The frame of a page about one thing: where it belongs, what it is called, what can be done with
 * it, its facts in one strip, and its tabs. The chosen tab is in the address.
 */
import type { ReactNode } from 'react';
import { Copy, Empty, ErrorNotice, Facts, Skeleton } from '../ui/basics.tsx';
import type { IconName } from '../ui/icons.tsx';
import { type Tab, Tabs } from '../ui/tabs.tsx';
import { useAddress, usePatch } from './address.ts';
import { type Crumb, Page } from './page.tsx';

type Fact = readonly [label: string, value: ReactNode];

interface Props {
  readonly title: string;
  readonly under: readonly Crumb[];
  /** Its ARN, or what else names it everywhere: to be copied. */
  readonly id?: { readonly label: string; readonly text: string };
  /** Status and badges, beside the title. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly facts?: readonly Fact[];
  /** Between facts and tabs: what is to be known at once. */
  readonly story?: ReactNode;
  readonly tabs?: readonly Tab[];
  /** Where the address keeps the chosen tab. */
  readonly tabIn?: 'tab' | 'view';
  /** After the tabs, or in place of them: dialogs, the one content there is. */
  readonly children?: ReactNode;
}

export function ResourcePage(props: Props): ReactNode {
  const { title, under, id, beside, actions, facts, story, tabs, tabIn = 'tab', children } = props;
  const address = useAddress();
  const patch = usePatch();
  return (
    <Page
      full
      title={title}
      under={under}
      actions={actions}
      beside={
        <>
          {id && <Copy text={id.text} label={`Copy ${id.label}`} />}
          {beside}
        </>
      }
    >
      {facts && <Facts items={facts} />}
      {story}
      {tabs && (
        <Tabs
          tabs={tabs}
          chosen={address[tabIn] ?? ''}
          // The first tab needs no word in the address.
          onChoose={(chosen) => patch({ [tabIn]: chosen === tabs[0]?.id ? '' : chosen })}
        />
      )}
      {children}
    </Page>
  );
}

/** What a page is shown from: a query of the cache. */
interface Reading<Thing> {
  readonly data: Thing | null | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly refetch: () => unknown;
}

interface WhenReadProps<Thing> {
  readonly query: Reading<Thing>;
  /** Of the page until there is more to say. */
  readonly title: string;
  readonly under: readonly Crumb[];
  /** Where the answer is that there is no such thing (null). */
  readonly missing?: { readonly icon: IconName; readonly title: string; readonly text: string };
  readonly children: (thing: Thing) => ReactNode;
}

/** The page of a thing that must be read first; what was read once stays while reading fails. */
export function WhenRead<Thing>(props: WhenReadProps<Thing>): ReactNode {
  const { query, title, under, missing, children } = props;
  if (query.data !== undefined && query.data !== null) return children(query.data);
  return (
    <Page title={title} under={under}>
      {query.error ? (
        <ErrorNotice error={query.error} retry={() => query.refetch()} />
      ) : query.isPending || !missing ? (
        <Skeleton lines={10} height={18} />
      ) : (
        <Empty icon={missing.icon} title={missing.title}>
          <p>{missing.text}</p>
        </Empty>
      )}
    </Page>
  );
}
