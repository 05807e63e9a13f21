import { JOBS } from '../src/jobs/job-list.ts';
import type { RunResultView } from '../src/jobs/run-event.ts';
import { builder } from './builder.ts';

const Count = builder.objectRef<{ name: string; value: number }>('Count').implement({
  description: 'One figure of a result, such as `seriesAdded: 12`.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What was counted.' }),
    value: t.exposeInt('value', { description: 'How many.' }),
  }),
});

export const JobResult = builder.interfaceRef<RunResultView>('JobResult').implement({
  description: 'What a run did, in figures. Each job has a type of its own with them as fields.',
  resolveType: ({ job }) => resultTypeName(job),
  fields: (t) => ({
    dryRun: t.exposeBoolean('dryRun', {
      description: 'Whether these are the figures of what would have been done.',
    }),
    counts: t.field({
      type: [Count],
      description: 'The figures as a list, for clients that show any job.',
      resolve: ({ job, counts }) => inOrder(job, counts),
    }),
  }),
});

for (const job of JOBS)
  builder.objectRef<RunResultView>(resultTypeName(job.name)).implement({
    description: `What a run of ${job.name} did.`,
    interfaces: [JobResult],
    fields: (t) =>
      Object.fromEntries(
        Object.entries(job.results).map(([name, description]) => [
          name,
          job.unknownResults.includes(name)
            ? t.int({ nullable: true, description, resolve: ({ counts }) => counts[name] ?? null })
            : t.int({ description, resolve: ({ counts }) => counts[name] ?? 0 }),
        ]),
      ),
  });

/** The figures in the order of the job's definition; the database keeps none. */
function inOrder(job: string, counts: Readonly<Record<string, number>>) {
  const { results = {}, unknownResults = [] } = JOBS.find(({ name }) => name === job) ?? {};
  return Object.keys(results)
    .filter((name) => counts[name] !== undefined || !unknownResults.includes(name))
    .map((name) => ({ name, value: counts[name] ?? 0 }));
}

/** `sync-series` as `SyncSeriesResult`. */
function resultTypeName(job: string): string {
  return `${job.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase())}Result`;
}
