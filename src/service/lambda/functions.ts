/**
 * The functions of this server: records with a cache in front, changes to one function one after
 * the other, and what a reference names.
 */
import { arnOf, type FunctionConfig, type FunctionRecord } from '../../function/config.ts';
import {
  type FunctionReference,
  isLatest,
  parseFunctionReference,
} from '../../function/reference.ts';
import type { Place } from '../../ground/arn.ts';
import type { Tools } from '../../ground/tools.ts';
import type { FunctionStore } from '../../store/functions/store.ts';
import type { FunctionHost, FunctionVersion } from '../ports/functions.ts';
import { functionNotFound, invalidParameter, invalidValue, updateInProgress } from './faults.ts';
import type { CodeStore } from './ports.ts';

/** Records kept in memory; beyond it the oldest are read again. */
const CACHED_MAX = 10_000;

export interface FunctionsDeps {
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly host: FunctionHost;
  readonly tools: Tools;
}

/** What an update does: the record with its changes, or undefined to leave it. */
export type Change = (
  record: FunctionRecord,
) => FunctionRecord | undefined | Promise<FunctionRecord | undefined>;

export class Functions {
  readonly #deps: FunctionsDeps;
  readonly #cache = new Map<string, FunctionRecord>();
  /** The last change of each function that is still on its way. */
  readonly #changes = new Map<string, Promise<unknown>>();
  /** Counts changes, so that a read that began before one is not remembered after it. */
  #generation = 0;

  constructor(deps: FunctionsDeps) {
    this.#deps = deps;
  }

  /** Deletes code that no function uses any more. To be called before anything is invoked. */
  async sweep(): Promise<void> {
    await this.#deps.code.keepOnly(await this.#deps.store.codeHashes());
  }

  /** What the caller's text and qualifier name. Throws where they are wrong or disagree. */
  reference(text: string, qualifier: string | undefined, caller: Place): FunctionReference {
    const reference = parseFunctionReference(text, caller);
    if (!reference) {
      throw invalidValue(text, 'functionName', 'Member must satisfy regular expression pattern');
    }
    if (qualifier === undefined || qualifier === '') return reference;
    if (reference.qualifier !== undefined && reference.qualifier !== qualifier) {
      throw invalidParameter(
        'The derived qualifier from the function name does not match the specified qualifier.',
      );
    }
    return { ...reference, qualifier };
  }

  /** The function, or AWS's ResourceNotFoundException. */
  async get(reference: FunctionReference): Promise<FunctionRecord> {
    const record = isLatest(reference.qualifier)
      ? await this.find(reference.place, reference.name)
      : undefined;
    if (!record) throw functionNotFound(reference);
    return record;
  }

  async find(place: Place, name: string): Promise<FunctionRecord | undefined> {
    const key = keyOf(place, name);
    const cached = this.#cache.get(key);
    if (cached) return cached;
    const generation = this.#generation;
    const record = await this.#deps.store.get(place, name);
    if (record && generation === this.#generation) this.#remember(key, record);
    return record;
  }

  create(record: FunctionRecord): Promise<boolean> {
    const key = keyOf(record.place, record.name);
    return this.#inOrder(key, async () => {
      if (!(await this.#deps.store.create(record))) return false;
      this.#remember(key, record);
      return true;
    });
  }

  /** Applies the change and answers the record as it is then. */
  change(reference: FunctionReference, change: Change): Promise<FunctionRecord> {
    const { place, name } = reference;
    const key = keyOf(place, name);
    return this.#inOrder(key, async () => {
      const record = await this.#deps.store.get(place, name);
      if (!record) throw functionNotFound(reference);
      const changed = await change(record);
      if (!changed) return record;
      const ok = await this.#deps.store.replace(record.revisionId, changed);
      if (!ok) throw updateInProgress(arnOf(record));
      this.#remember(key, changed);
      if (changed.revisionId !== record.revisionId) this.#deps.host.retire(arnOf(record));
      return changed;
    });
  }

  delete(reference: FunctionReference): Promise<void> {
    const { place, name } = reference;
    const key = keyOf(place, name);
    return this.#inOrder(key, async () => {
      const record = await this.#deps.store.get(place, name);
      this.#cache.delete(key);
      if (!record || !(await this.#deps.store.delete(place, name))) {
        throw functionNotFound(reference);
      }
      this.#deps.host.retire(arnOf(record));
    });
  }

  /** A record with another configuration and a revision of its own. */
  revised(record: FunctionRecord, config: FunctionConfig): FunctionRecord {
    return { ...record, config, revisionId: this.#deps.tools.uuid() };
  }

  /** What the host needs to run it now. A folder's changes make a version of their own. */
  async version(record: FunctionRecord): Promise<FunctionVersion> {
    const { config, name, place } = record;
    const { code } = config;
    const folder = code.kind === 'folder' ? await this.#deps.code.folder(code.path) : undefined;
    return {
      arn: arnOf(record),
      name,
      version: '$LATEST',
      account: place.account,
      region: place.region,
      runtime: config.runtime,
      handler: config.handler,
      memoryMb: config.memoryMb,
      timeoutSeconds: config.timeoutSeconds,
      environment: { ...config.environment, ...loggingEnvironment(config) },
      codeDir: folder ? folder.dir : this.#deps.code.dirOf(code.kind === 'zip' ? code.hash : ''),
      revision: folder ? `${record.revisionId}/${folder.fingerprint}` : record.revisionId,
      logGroup: config.logging.group,
      tracing: config.tracing,
    };
  }

  #remember(key: string, record: FunctionRecord): void {
    this.#cache.delete(key);
    this.#cache.set(key, record);
    if (this.#cache.size <= CACHED_MAX) return;
    const [oldest] = this.#cache.keys();
    this.#cache.delete(oldest!);
  }

  async #inOrder<T>(key: string, act: () => Promise<T>): Promise<T> {
    this.#generation += 1;
    const before = this.#changes.get(key);
    const mine = before ? before.then(act, act) : act();
    this.#changes.set(key, mine);
    try {
      return await mine;
    } finally {
      this.#generation += 1;
      if (this.#changes.get(key) === mine) this.#changes.delete(key);
    }
  }
}

const keyOf = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`;

/** How the runtimes learn the log format. */
function loggingEnvironment({ logging }: FunctionConfig): Record<string, string> {
  if (logging.format !== 'JSON') return {};
  return {
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel ?? 'INFO',
  };
}
