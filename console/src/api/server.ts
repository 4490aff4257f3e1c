/** Where this server is, as its clients are told. */
import { useQuery } from '@tanstack/react-query';
import type { Endpoint } from '../model/connect.ts';
import { healthQuery } from './health.ts';

/** Until the server has said it: what it is by default. */
export function useEndpoint(): Endpoint {
  const { data } = useQuery(healthQuery);
  return {
    origin: location.origin,
    region: data?.region ?? 'us-east-1',
    daemon: data?.services?.xray?.daemon ?? '127.0.0.1:2000',
  };
}
