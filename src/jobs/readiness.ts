import type { Queryable } from '../platform/database.ts';
import { holders, unfinishedRunsOfJobs } from './conflicts.repo.ts';
import type { JobRegistry } from './job-definition.ts';
import { readFreshness } from './prerequisites.repo.ts';
import { type MissingPrerequisite, missingAmong, prerequisitesOf } from './prerequisites.ts';
import type { JobRun } from './runs.repo.ts';

/** Runs of each job that are told of at most as conflicts. */
const MOST_CONFLICTS = 20;

/** What would become of a job if it were started now. */
export interface Readiness {
  /** Whether a run would begin at once: nothing should run before it and nothing is in its way. */
  readonly ready: boolean;
  readonly prerequisites: readonly MissingPrerequisite[];
  /** Runs that hold, or wait for, something that the job writes; those that hold it first. */
  readonly conflicts: readonly JobRun[];
}

/** The readiness of these jobs, in their order, in three statements however many they are. */
export async function readReadiness(
  db: Queryable,
  registry: JobRegistry,
  names: readonly string[],
): Promise<Readiness[]> {
  const needed = new Map(names.map((name) => [name, prerequisitesOf(registry, name)]));
  const definitions = [...new Set([...needed.values()].flat())].flatMap((job) => registry.get(job) ?? []);
  const freshness = await readFreshness(db, definitions);
  const unfinished = await unfinishedRunsOfJobs(db, [...registry.keys()], MOST_CONFLICTS);
  return names.map((name) => {
    const prerequisites = missingAmong(needed.get(name) ?? [], freshness);
    const writes = new Set<string>(registry.get(name)?.resources);
    const conflicts = unfinished.filter(({ job }) =>
      registry.get(job)?.resources.some((resource) => writes.has(resource)),
    );
    return { ready: prerequisites.length === 0 && conflicts.length === 0, prerequisites, conflicts };
  });
}

/** For each of these runs: the runs that hold what it writes, when it is queued. One statement for all. */
export async function readWaitingFor(
  db: Queryable,
  registry: JobRegistry,
  runs: readonly JobRun[],
): Promise<JobRun[][]> {
  if (!runs.some(({ state }) => state === 'QUEUED')) return runs.map(() => []);
  const held = await holders(db);
  return runs.map((run) => {
    if (run.state !== 'QUEUED') return [];
    const resources = registry.get(run.job)?.resources ?? [];
    const inTheWay = new Map(
      resources.flatMap((resource) => {
        const holder = held.get(resource);
        return holder ? [[holder.id, holder] as const] : [];
      }),
    );
    return [...inTheWay.values()];
  });
}
