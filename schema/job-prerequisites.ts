import type { MissingPrerequisite } from '../src/jobs/prerequisites.ts';
import { builder } from './builder.ts';
import { JobName } from './job-types.ts';

const PrerequisiteReason = builder.enumType('PrerequisiteReason', {
  description: 'Why a job should run before another one.',
  values: {
    NEVER_RAN: { description: 'It has no run that succeeded; dry runs do not count.' },
    STALE: { description: 'What it works on has changed since its last successful run began.' },
  } satisfies Record<MissingPrerequisite['reason'], { description: string }>,
});

export const MissingJob = builder.objectRef<MissingPrerequisite>('MissingPrerequisite').implement({
  description: 'A job that should run before another one.',
  fields: (t) => ({
    job: t.field({ type: JobName, description: 'The job.', resolve: ({ job }) => job }),
    reason: t.expose('reason', { type: PrerequisiteReason, description: 'Why.' }),
    lastSucceededAt: t.expose('lastSucceededAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its newest successful run ended.',
    }),
    changedAt: t.expose('changedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When what it works on last changed; null when no run reported a change.',
    }),
  }),
});
