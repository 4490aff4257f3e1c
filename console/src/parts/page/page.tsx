/** The frame of a page: its title in the window, its place in the breadcrumbs, its head. */
import { Link } from '@tanstack/react-router';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export interface Crumb {
  readonly text: string;
  /** Path below /console; absent for the page itself. */
  readonly to?: string;
}

interface Crumbs {
  readonly crumbs: readonly Crumb[];
  readonly set: (crumbs: readonly Crumb[]) => void;
}

const Context = createContext<Crumbs>({ crumbs: [], set: () => {} });

export function CrumbsProvider({ children }: { children: ReactNode }): ReactNode {
  const [crumbs, set] = useState<readonly Crumb[]>([]);
  const value = useMemo(() => ({ crumbs, set }), [crumbs]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function Breadcrumbs(): ReactNode {
  const { crumbs } = useContext(Context);
  return (
    <nav className="crumbs" aria-label="Breadcrumbs">
      <ol>
        {crumbs.map((crumb, index) => (
          <li key={crumb.text}>
            {index > 0 && (
              <span className="sep" aria-hidden="true">
                /
              </span>
            )}
            {crumb.to ? (
              <Link to={crumb.to}>{crumb.text}</Link>
            ) : (
              <span aria-current="page">{crumb.text}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

export function Page(props: {
  title: string;
  /** Where it belongs; the page itself is added. */
  under?: readonly Crumb[];
  /** Beside the title: status, badges. */
  beside?: ReactNode;
  actions?: ReactNode;
  /** Fills the window instead of growing with its content. */
  full?: boolean;
  children: ReactNode;
}): ReactNode {
  const { title, under = [], beside, actions, full, children } = props;
  const { set } = useContext(Context);
  const key = JSON.stringify(under);
  useEffect(() => {
    document.title = `${title} · Steplight`;
    set([...(JSON.parse(key) as Crumb[]), { text: title }]);
  }, [title, key, set]);
  return (
    <div className={full ? 'page full' : 'page'}>
      <header className="page-head">
        <h1>
          {title}
          {beside}
        </h1>
        {actions && <div className="side">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
