/** Defects between the service and its stores, to see that the simulation notices each of them. */
import type { HistoryRecord } from '../src/execution/record.ts';
import type { Commit, ExecutionStore } from '../src/store/executions/store.ts';
import type { MachineStore } from '../src/store/machines/store.ts';
import type { MapRunStore } from '../src/store/mapruns/store.ts';
import type { NodeStore } from '../src/store/nodes/store.ts';
import { isDefect } from './marks.ts';
import type { Stores } from './process.ts';

export type Plant = (stores: Stores) => Stores;

/** A store of which some methods do wrong. */
function bad<S extends object>(store: S, wrong: Partial<S>): S {
  return new Proxy(store, {
    get(target, name) {
      const method = wrong[name as keyof S] ?? target[name as keyof S];
      return (method as (...args: never[]) => unknown).bind(target);
    },
  });
}

const inExecutions =
  (wrong: (store: ExecutionStore) => Partial<ExecutionStore>): Plant =>
  (stores) => ({ ...stores, executions: bad(stores.executions, wrong(stores.executions)) });

const inMapRuns =
  (wrong: (store: MapRunStore) => Partial<MapRunStore>): Plant =>
  (stores) => ({ ...stores, mapRunStore: bad(stores.mapRunStore, wrong(stores.mapRunStore)) });

const inMachines =
  (wrong: (store: MachineStore) => Partial<MachineStore>): Plant =>
  (stores) => ({ ...stores, machines: bad(stores.machines, wrong(stores.machines)) });

const without = (commit: Commit, work: Partial<Commit['work']>): Commit => ({
  ...commit,
  work: { ...commit.work, ...work },
});

const inNodes =
  (wrong: (store: NodeStore) => Partial<NodeStore>): Plant =>
  (stores) => ({ ...stores, nodes: bad(stores.nodes, wrong(stores.nodes)) });

/** Acknowledges commits with such a record, and does not write them. */
const losingThose = (lost: (record: HistoryRecord) => boolean): Plant =>
  inExecutions((store) => ({
    commit: async (commit) => (commit.records.some(lost) ? 'ok' : store.commit(commit)),
  }));

const losing = (type: string): Plant => losingThose((record) => record.type === type);

/** Writes commits without records of such a type. */
const leavingOut = (type: string): Plant =>
  inExecutions((store) => ({
    commit: (commit) => {
      const records = commit.records.filter((record) => record.type !== type);
      return store.commit({ ...commit, records });
    },
  }));

const engine: Record<string, Plant> = {
  'timers are set after the commit, in memory only': inExecutions((store) => ({
    commit: (commit) => {
      const put = commit.work.put.filter(({ kind }) => kind !== 'timer');
      return store.commit(without(commit, { put }));
    },
  })),
  'settled work stays': inExecutions((store) => ({
    commit: (commit) => store.commit(without(commit, { remove: [] })),
  })),
  'the end leaves its work behind': inExecutions((store) => ({
    commit: (commit) => store.commit(without(commit, { clear: false })),
  })),
  'some commits are acknowledged and lost': inExecutions((store) => {
    let count = 0;
    return {
      commit: async (commit) => (++count % 7 === 0 ? 'ok' : store.commit(commit)),
    };
  }),
  'a lost attempt is nobody’s business': inExecutions(() => ({ lost: async () => [] })),
  'after a conflict the old state is loaded': inExecutions((store) => {
    const loaded = new Map<number, ReturnType<ExecutionStore['load']>>();
    const old = new Set<number>();
    return {
      commit: async (commit) => {
        const outcome = await store.commit(commit);
        if (outcome === 'conflict') old.add(commit.execution);
        return outcome;
      },
      load: async (id) => {
        const now = (old.has(id) && loaded.get(id)) || store.load(id);
        loaded.set(id, now);
        return structuredClone(await now);
      },
    };
  }),
  'an execution with a defect stays RUNNING': losingThose(isDefect),
  'a conflict is taken for success': inExecutions((store) => ({
    commit: async (commit) => {
      await store.commit(commit);
      return 'ok';
    },
  })),
};

const mapRuns: Record<string, Plant> = {
  'what has been counted is counted again': inMapRuns((store) => ({
    commit: (commit) => store.commit({ ...commit, counted: [] }),
  })),
  'endings of children are known in memory only': inMapRuns(() => ({ endings: async () => [] })),
  'the outcome of a Map Run is told in memory only': inMapRuns((store) => ({
    commit: ({ tell: _, ...commit }) => store.commit(commit),
  })),
  'the cursor of a Map Run lags behind': inMapRuns((store) => ({
    commit: (commit) => {
      const { cursor } = commit.state;
      const items = Math.max(0, cursor.items - 1);
      const state = { ...commit.state, cursor: { ...cursor, items } };
      return store.commit({ ...commit, state });
    },
  })),
  'children have no names of their own': inExecutions((store) => {
    let children = 0;
    return {
      create: (head, commit) => {
        const arn = head.mapItem ? `${head.arn}${children++}` : head.arn;
        return store.create({ ...head, arn }, commit);
      },
    };
  }),
};

const outside: Record<string, Plant> = {
  'an early answer to a token is not written': leavingOut('answerKept'),
  'heartbeats do not count': leavingOut('taskHeartbeat'),
  'a worker is given a task before that is written': losing('ActivityStarted'),
  'activity tasks are found in memory only': inExecutions((store) => ({
    commit: (commit) => {
      const put = commit.work.put.map(({ activity: _, ...row }) => row);
      return store.commit(without(commit, { put }));
    },
  })),
};

const redrives: Record<string, Plant> = {
  'a redrive is acknowledged and lost': losing('ExecutionRedriven'),
  'the head does not know of a redrive': inExecutions((store) => ({
    commit: ({ head, ...commit }) => {
      const { redriveCount: _, ...rest } = head ?? {};
      return store.commit({ ...commit, ...(head && { head: rest }) });
    },
  })),
  'a redriven Map Run is forgotten': inExecutions((store) => ({
    commit: (commit) => {
      const redriven = commit.records.some(({ type }) => type === 'MapRunRedriven');
      const put = commit.work.put.filter(({ kind }) => kind !== 'mapRun');
      return store.commit(redriven ? without(commit, { put }) : commit);
    },
  })),
};

const versions: Record<string, Plant> = {
  'executions run the definition of the day': inMachines((store) => {
    let latest: string | undefined;
    return {
      revise: (from, to, more) => {
        latest = to.definitionHash;
        return store.revise(from, to, more);
      },
      definition: async (hash) => {
        const text = await store.definition(hash);
        const child = text?.includes('Child task');
        return child ? text : store.definition(latest ?? hash);
      },
    };
  }),
  'an update is acknowledged and lost': inMachines(() => ({ revise: async () => true })),
  'an alias keeps its routes': inMachines(() => ({ updateAlias: async () => true })),
};

const nodes: Record<string, Plant> = {
  'a node that starts takes all others for dead': inNodes(() => ({
    known: async () => ({ live: [], dead: [] }),
  })),
  'a node that has died is never missed': inNodes((store) => ({
    known: async (now) => {
      const { live, dead } = await store.known(now);
      return { live: [...live, ...dead], dead: [] };
    },
  })),
  'a node does not beat': inNodes(() => ({ beat: async () => undefined })),
  'a node remembers what others change': inMachines((store) => {
    const machines = new Map<string, ReturnType<MachineStore['machine']>>();
    return {
      machine: (arn) => {
        const known = machines.get(arn) ?? store.machine(arn);
        machines.set(arn, known);
        return known;
      },
    };
  }),
};

/** By area, then by what is wrong. */
export const PLANTS: Readonly<Record<string, Readonly<Record<string, Plant>>>> = {
  engine,
  nodes,
  mapRuns,
  outside,
  redrives,
  versions,
};
