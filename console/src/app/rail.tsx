/** The rail: the entries of all features, under the titles of their groups. */
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { healthQuery } from '../api/health.ts';
import { FEATURES } from '../features/list.ts';
import { railGroups } from '../features/rail.ts';
import { Icon, Logo } from '../parts/ui/icons.tsx';

const GROUPS = railGroups(FEATURES);

export function Rail(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="brand" aria-label="Steplight, overview">
        <Logo />
        <span>Steplight</span>
      </Link>
      {GROUPS.map((group) => (
        <div key={group.title ?? 'top'}>
          {group.title && <div className="group">{group.title}</div>}
          {group.entries.map(({ to, text, icon }) => {
            const isActive = to === '/' ? path === '/' : path.startsWith(to);
            return (
              <Link
                key={to}
                to={to}
                className={isActive ? 'item active' : 'item'}
                aria-current={isActive ? 'page' : undefined}
                aria-label={text}
                title={text}
              >
                <Icon name={icon} />
                <span>{text}</span>
              </Link>
            );
          })}
        </div>
      ))}
      <Server />
    </nav>
  );
}

/** Which server this is. */
function Server(): ReactNode {
  const { data } = useQuery(healthQuery);
  if (!data) return null;
  return (
    <div className="foot">
      <div>
        Region <b>{data.region ?? '–'}</b>
      </div>
      <div>
        Account <b>{data.account ?? '–'}</b>
      </div>
      {data.version && <div>Version {data.version}</div>}
    </div>
  );
}
