/** What of the server and its machine the services are made of; each takes what it needs. */
import type { ModelOf } from '../edge/aws-models.ts';
import type { AwsHttpOptions } from '../edge/http/aws-http.ts';
import type { ConsoleFeed } from '../edge/http/sse.ts';
import type { House } from '../service/aws-service.ts';
import type { IntegrationRegistry } from '../service/integrations/registry.ts';
import type { Mocks } from '../service/states/assemble.ts';
import type { Addresses } from './addresses.ts';
import type { Config } from './config.ts';
import type { TimeParts } from './time.ts';

export interface Outside {
  readonly config: Config;
  /** The data folder, absolute. */
  readonly folder: string;
  readonly house: House;
  /** Of all services, for threads that read them themselves. */
  readonly models: readonly ModelOf[];
  readonly time: TimeParts;
  readonly integrations: IntegrationRegistry;
  readonly mocks: Mocks | undefined;
  readonly feed: ConsoleFeed;
  readonly addresses: Addresses;
  readonly listener: Listener;
  /** True while a service or the disk has something to do that a virtual clock must wait for. */
  busy(): boolean;
}

/** What all listeners have alike. */
export type Listener = Pick<
  AwsHttpOptions,
  | 'host'
  | 'dispatcher'
  | 'guard'
  | 'allowUnsigned'
  | 'bodySizeBytesMax'
  | 'tools'
  | 'log'
  | 'stopTimeoutMs'
>;
