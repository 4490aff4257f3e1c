/**
 * The other side of client sampling: clients report what they saw, and get their share of each
 * rule's reservoir for the next minutes. Kept in memory; a client that is silent is forgotten.
 *
 * The quotas that clients hold never add up to more than the reservoir, and to all of it once every
 * client has reported its demand twice: one that loses a part gives it back at its next report, and
 * only then may another one take it.
 */
import { type Place, placeKey } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';
import {
  SAMPLING_CLIENT_SILENCE_MS,
  SAMPLING_INTERVAL_SECONDS,
  SAMPLING_TTL_SECONDS,
} from '../../trace/limits.ts';
import { splitReservoir } from '../../trace/sampling.ts';
import type { StoredRule } from './rules.ts';

export interface SamplingReport {
  readonly ruleName: string;
  readonly clientId: string;
  readonly requests: number;
  readonly sampled: number;
  readonly borrowed: number;
}

export interface SamplingSummary {
  readonly ruleName: string;
  /** Start of its ten seconds. */
  readonly at: Instant;
  requests: number;
  sampled: number;
  borrowed: number;
}

export interface SamplingTarget {
  readonly quota: number;
  readonly validUntil: Instant;
}

interface Client {
  lastSeen: Instant;
  /** Requests per second, smoothed. */
  demand: number;
  /** What it was last told. */
  quota: number;
}

const WINDOW_MS = SAMPLING_INTERVAL_SECONDS * 1000;
const SUMMARIES_KEPT_MS = 5 * 60_000;
/** Per rule; beyond it the client that was silent longest is forgotten. */
const CLIENTS_MAX = 1_000;
/** Weight of the newest report. */
const SMOOTHING = 0.5;

export class SamplingTargets {
  readonly #clients = new Map<string, Map<string, Client>>();
  readonly #summaries = new Map<string, SamplingSummary[]>();

  report(place: Place, stored: StoredRule, report: SamplingReport, now: Instant): SamplingTarget {
    const clients = this.#clientsOf(place, report.ruleName, now);
    const known = clients.get(report.clientId);
    const rate = report.requests / SAMPLING_INTERVAL_SECONDS;
    const demand = known ? known.demand + SMOOTHING * (rate - known.demand) : rate;
    const client = { lastSeen: now, demand: report.requests === 0 ? 0 : demand, quota: 0 };
    clients.delete(report.clientId);
    clients.set(report.clientId, client);
    if (clients.size > CLIENTS_MAX) clients.delete(clients.keys().next().value!);
    this.#summarise(place, report, now);
    client.quota = quotaOf(clients, report.clientId, stored.rule.reservoirSize);
    return { quota: client.quota, validUntil: now + SAMPLING_TTL_SECONDS * 1000 };
  }

  /** Of the last minutes, oldest first. */
  summaries(place: Place, now: Instant): readonly SamplingSummary[] {
    return this.#recent(place, now);
  }

  #clientsOf(place: Place, rule: string, now: Instant): Map<string, Client> {
    const key = `${placeKey(place)} ${rule}`;
    let clients = this.#clients.get(key);
    if (!clients) {
      clients = new Map();
      this.#clients.set(key, clients);
    }
    for (const [id, { lastSeen }] of clients) {
      if (now - lastSeen <= SAMPLING_CLIENT_SILENCE_MS) break;
      clients.delete(id);
    }
    return clients;
  }

  #summarise(place: Place, report: SamplingReport, now: Instant): void {
    const at = Math.floor(now / WINDOW_MS) * WINDOW_MS;
    const recent = this.#recent(place, now);
    let summary = recent.find((it) => it.at === at && it.ruleName === report.ruleName);
    if (!summary) {
      summary = { ruleName: report.ruleName, at, requests: 0, sampled: 0, borrowed: 0 };
      recent.push(summary);
    }
    summary.requests += report.requests;
    summary.sampled += report.sampled;
    summary.borrowed += report.borrowed;
  }

  #recent(place: Place, now: Instant): SamplingSummary[] {
    const key = placeKey(place);
    const kept = (this.#summaries.get(key) ?? []).filter(({ at }) => now - at < SUMMARIES_KEPT_MS);
    this.#summaries.set(key, kept);
    return kept;
  }
}

/**
 * The share of one client, of what the others do not hold. What is left beyond its share is its
 * own too, unless another client still waits for a part of its share.
 */
function quotaOf(clients: ReadonlyMap<string, Client>, id: string, size: number): number {
  // By id, so that equal remainders are given to the same clients whoever reports.
  const ids = [...clients.keys()].sort();
  const shares = splitReservoir(
    size,
    ids.map((each) => clients.get(each)!.demand),
  );
  let free = size;
  let waiting = false;
  ids.forEach((each, at) => {
    if (each === id) return;
    const { quota } = clients.get(each)!;
    free -= quota;
    waiting ||= quota < shares[at]!;
  });
  const share = shares[ids.indexOf(id)]!;
  return Math.max(0, waiting ? Math.min(free, share) : free);
}
