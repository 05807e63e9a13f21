import { type Readiness, readReadiness, readWaitingFor } from '../src/jobs/readiness.ts';
import type { JobRun } from '../src/jobs/runs.repo.ts';
import { batched } from './batched.ts';
import type { ApiContext } from './context.ts';

interface JobLoaders {
  readonly readiness: (job: string) => Promise<Readiness>;
  readonly waitingFor: (run: JobRun) => Promise<JobRun[]>;
}

const loaders = new WeakMap<ApiContext, JobLoaders>();

/** What fields of jobs and runs read beside their row, batched for all items that one operation asks at a time. */
export function jobLoaders(context: ApiContext): JobLoaders {
  const present = loaders.get(context);
  if (present) return present;
  const { db, jobs } = context;
  const made: JobLoaders = {
    readiness: batched((names: readonly string[]) => readReadiness(db, jobs.registry, names)),
    waitingFor: batched((runs: readonly JobRun[]) => readWaitingFor(db, jobs.registry, runs)),
  };
  loaders.set(context, made);
  return made;
}
