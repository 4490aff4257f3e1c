/** The chosen iterations of Maps, as they stand in the address: `iteration=Each:3,Inner:0`. */
import { useMemo } from 'react';
import { useAddress } from '../../parts/page/address.ts';

/** By the name of the Map; one that is absent shows all of its iterations. */
export function useIterations(): ReadonlyMap<string, number> {
  const { iteration = '' } = useAddress();
  return useMemo(() => {
    const chosen = new Map<string, number>();
    for (const part of iteration.split(',')) {
      const at = part.lastIndexOf(':');
      const index = Number(part.slice(at + 1));
      if (at > 0 && Number.isInteger(index))
        chosen.set(decodeURIComponent(part.slice(0, at)), index);
    }
    return chosen;
  }, [iteration]);
}

export function printIterations(chosen: ReadonlyMap<string, number>): string {
  return [...chosen].map(([map, index]) => `${encodeURIComponent(map)}:${index}`).join(',');
}
