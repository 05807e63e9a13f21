import type { RunListFeedItem } from '../src/jobs/run-list-feed.ts';
import type { JobRun as JobRunRow } from '../src/jobs/runs.repo.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';
import { JobEvent, type Row } from './job-events.ts';
import { JobRun } from './job-objects.ts';
import { OPERATOR } from './job-types.ts';

interface EventBase {
  readonly at: Date;
  readonly cursor: string | null;
}

/** One item of the subscription on the list of runs, as the API shows it. */
type ListEventRow = EventBase &
  (
    | { readonly typename: 'JobRunsSnapshot'; readonly runs: readonly JobRunRow[] }
    | { readonly typename: 'JobRunUpdated'; readonly run: JobRunRow }
    | { readonly typename: 'JobRunRemoved'; readonly runId: string }
    | { readonly typename: 'JobRunsResync'; readonly reason: string }
    | Row<'JobHeartbeat'>
  );

type ListRow<Typename extends ListEventRow['typename']> = Extract<ListEventRow, { typename: Typename }>;

/** A feed item as the API shows it. */
export function toListEvent(item: RunListFeedItem, now: Date): ListEventRow {
  const base = { at: now, cursor: String(item.cursor) };
  if (item.kind === 'snapshot') return { ...base, typename: 'JobRunsSnapshot', runs: item.runs };
  if (item.kind === 'updated') return { ...base, typename: 'JobRunUpdated', run: item.run };
  if (item.kind === 'removed') return { ...base, typename: 'JobRunRemoved', runId: item.runId };
  if (item.kind === 'resync') return { ...base, typename: 'JobRunsResync', reason: item.reason };
  return { ...base, typename: 'JobHeartbeat', runId: null, runHeartbeatAt: null };
}

export const JobRunListEvent = builder.interfaceRef<ListEventRow>('JobRunListEvent').implement({
  description: 'What became of the list of runs.',
  authScopes: OPERATOR,
  resolveType: (event) => event.typename,
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was told.' }),
    cursor: t.exposeString('cursor', {
      nullable: true,
      description: 'Pass it as `after` to go on behind this item.',
    }),
  }),
});

const interfaces = [JobRunListEvent];

builder.objectRef<ListRow<'JobRunsSnapshot'>>('JobRunsSnapshot').implement({
  description: 'The list as it is: it takes the place of whatever was known before.',
  interfaces,
  fields: (t) => ({
    runs: t.field({
      type: [JobRun],
      description: 'All runs that have not ended, and the newest 50, the newest first.',
      resolve: ({ runs }) => [...runs],
    }),
  }),
});

builder.objectRef<ListRow<'JobRunUpdated'>>('JobRunUpdated').implement({
  description: 'A run of the list has news, or is new.',
  interfaces,
  fields: (t) => ({ run: t.expose('run', { type: JobRun, description: 'The run as it is now.' }) }),
});

builder.objectRef<ListRow<'JobRunRemoved'>>('JobRunRemoved').implement({
  description:
    'A run does not match the filter, though it may have before; nothing to do for who does not have it.',
  interfaces,
  fields: (t) => ({
    runId: t.id({ description: 'The run.', resolve: ({ runId }) => encodeGlobalId('JobRun', runId) }),
  }),
});

builder.objectRef<ListRow<'JobRunsResync'>>('JobRunsResync').implement({
  description:
    'What happened since the cursor cannot be told, because runs were deleted since; a snapshot follows.',
  interfaces,
  fields: (t) => ({ reason: t.exposeString('reason', { description: 'Why, for people.' }) }),
});

builder.objectRef<Row<'JobHeartbeat'>>('JobHeartbeat').implement({
  description:
    'Nothing has happened for a while, and the connection lives: no subscription is silent for more than ten seconds.',
  interfaces: [JobEvent, JobRunListEvent],
  fields: (t) => ({
    runHeartbeatAt: t.expose('runHeartbeatAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the process that executes the run last said that it does; null while none does, and for the list of runs.',
    }),
  }),
});
