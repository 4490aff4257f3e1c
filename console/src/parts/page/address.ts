/** The address holds what a page shows: filters, selections, views. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Search parameters as texts; pages read the ones they know. */
export type Search = Readonly<Record<string, string | undefined>>;

export function useAddress(): Search {
  return useSearch({ strict: false }) as Search;
}

/** Changes some parameters and keeps the rest; undefined or '' removes one. */
export function usePatch(): (patch: Search, options?: { push?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (patch, options) => {
      navigate({
        to: '.',
        search: (old: Search) => ({ ...old, ...patch }),
        replace: !options?.push,
        resetScroll: false,
      } as Parameters<typeof navigate>[0]);
    },
    [navigate],
  );
}

/** A part of the path, such as the ARN in /executions/$arn. */
export function usePathParam(name: string): string {
  return (useParams({ strict: false }) as Record<string, string>)[name] ?? '';
}
