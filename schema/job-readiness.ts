import type { Readiness } from '../src/jobs/readiness.ts';
import { builder } from './builder.ts';
import { jobLoaders } from './job-loaders.ts';
import { Job, JobRun } from './job-objects.ts';
import { MissingJob } from './job-prerequisites.ts';

const JobReadiness = builder.objectRef<Readiness>('JobReadiness').implement({
  description: 'What would become of a job if it were started now.',
  fields: (t) => ({
    ready: t.exposeBoolean('ready', {
      description: 'Whether a run would begin at once: no prerequisite is missing and no run is in its way.',
    }),
    prerequisites: t.field({
      type: [MissingJob],
      description: 'Jobs that should run first, in their order: `runJob` is refused while there are any.',
      resolve: ({ prerequisites }) => [...prerequisites],
    }),
    conflicts: t.field({
      type: [JobRun],
      description:
        'Runs that hold, or wait for, something that the job writes, those that hold it first, at most 20 of each job: a run has to wait for them.',
      resolve: ({ conflicts }) => [...conflicts],
    }),
  }),
});

builder.objectField(Job, 'readiness', (t) =>
  t.field({
    type: JobReadiness,
    description: 'Whether it can be started now, and what it would wait for.',
    resolve: ({ definition }, _args, context) => jobLoaders(context).readiness(definition.name),
  }),
);
