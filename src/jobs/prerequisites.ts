import type { WorkflowStep } from '../../drizzle/tables/jobs.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { JobDefinition, JobRegistry } from './job-definition.ts';
import { type JobFreshness, readFreshness } from './prerequisites.repo.ts';
import type { LifecycleDeps } from './run-lifecycle.ts';

/** A job that should run before another one. */
export interface MissingPrerequisite {
  readonly job: string;
  /** STALE: what it works on has changed since it last began. */
  readonly reason: 'NEVER_RAN' | 'STALE';
  /** When its newest successful run ended. */
  readonly lastSucceededAt: Date | null;
  /** When what it works on last changed. */
  readonly changedAt: Date | null;
}

/** The error for a job or workflow that others should run before. */
export class PrerequisiteMissing extends ShowrunnerError {
  readonly prerequisites: readonly MissingPrerequisite[];

  /** @param prerequisites in the order in which they should run */
  constructor(prerequisites: readonly MissingPrerequisite[], of: { field: string; value: string }) {
    const order = prerequisites.map(({ job }) => job).join(', then ');
    const isNew = prerequisites.some(({ reason }) => reason === 'NEVER_RAN');
    const all = isNew ? 'initial-setup' : 'full-refresh';
    super('PREREQUISITE_MISSING', `${of.value} needs other jobs first: ${why(prerequisites)}.`, {
      ...of,
      remedy: `Run ${order}; or start the workflow ${all}, which runs all in order; or pass force.`,
    });
    this.prerequisites = prerequisites;
  }
}

function why(prerequisites: readonly MissingPrerequisite[]): string {
  return prerequisites
    .map(({ job, reason }) =>
      reason === 'NEVER_RAN' ? `${job} has never run` : `the data of ${job} has changed since it ran`,
    )
    .join(', ');
}

/** All jobs that a job builds on, those they build on included, in the order in which they run. */
export function prerequisitesOf(registry: JobRegistry, name: string): readonly string[] {
  const found = new Set<string>();
  const visit = (job: string) => {
    for (const before of registry.get(job)?.prerequisites ?? []) {
      if (found.has(before)) continue;
      visit(before);
      found.add(before);
    }
  };
  visit(name);
  return [...found];
}

/**
 * Which of these jobs should run before somebody builds on them: one that has no successful run, and one that began
 * its last one before what it works on changed. A sync that found no change makes nothing stale.
 */
export function missingAmong(
  jobs: readonly string[],
  freshness: ReadonlyMap<string, JobFreshness>,
): MissingPrerequisite[] {
  return jobs.flatMap((job) => {
    const { lastSuccess, changedAt = null } = freshness.get(job) ?? {};
    if (!lastSuccess) return { job, reason: 'NEVER_RAN', lastSucceededAt: null, changedAt };
    if (!changedAt || changedAt <= lastSuccess.startedAt) return [];
    return { job, reason: 'STALE', lastSucceededAt: lastSuccess.finishedAt, changedAt };
  });
}

/** Throws `PrerequisiteMissing` when a job should not run yet. */
export async function checkPrerequisites(
  deps: Pick<LifecycleDeps, 'db' | 'registry'>,
  definition: JobDefinition,
): Promise<void> {
  const needed = prerequisitesOf(deps.registry, definition.name);
  await check(deps, needed, { field: 'job', value: definition.name });
}

/** Throws `PrerequisiteMissing` when a step of a workflow should not run yet and no step before it mends that. */
export async function checkStepPrerequisites(
  deps: Pick<LifecycleDeps, 'db' | 'registry'>,
  workflow: string,
  steps: readonly Pick<WorkflowStep, 'job'>[],
): Promise<void> {
  const needed = steps.flatMap(({ job }, index) => {
    const before = new Set(steps.slice(0, index).map((step) => step.job));
    return prerequisitesOf(deps.registry, job).filter((name) => !before.has(name));
  });
  await check(deps, [...new Set(needed)], { field: 'workflow', value: workflow });
}

async function check(
  { db, registry }: Pick<LifecycleDeps, 'db' | 'registry'>,
  needed: readonly string[],
  of: { field: string; value: string },
): Promise<void> {
  if (needed.length === 0) return;
  const definitions = needed.flatMap((name) => registry.get(name) ?? []);
  const missing = missingAmong(needed, await readFreshness(db, definitions));
  if (missing.length > 0) throw new PrerequisiteMissing(missing, of);
}
