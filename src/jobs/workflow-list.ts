/** What a workflow does when the run of one of its steps ends PARTIAL. */
type OnPartial = 'CONTINUE' | 'STOP';

/** One step of a workflow as a definition or a schedule gives it. */
export interface WorkflowStepSpec {
  readonly job: string;
  /** Parameters of its run; the job's defaults for those that are left out. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** Default: CONTINUE. A run that fails or is cancelled always stops the workflow. */
  readonly onPartial?: OnPartial;
}

/** A named order of jobs. */
export interface WorkflowDefinition {
  /** Kebab form; the API's enum is its upper-case form. */
  readonly name: string;
  readonly description: string;
  readonly steps: readonly WorkflowStepSpec[];
}

/**
 * The workflows that a person starts by name.
 *
 * They go on at PARTIAL: what a step could do is good to build on (a library that was not reached keeps its series, a
 * title without a vector is no candidate, a user without new picks keeps the old ones), and one broken item must not
 * keep everybody's picks from being renewed. Only the repair stops, because it is there to mend what is wrong.
 */
export const WORKFLOWS: readonly WorkflowDefinition[] = [
  {
    name: 'initial-setup',
    description: 'Everything once, in order: from an empty database to a library for every enabled user.',
    steps: [
      { job: 'sync-series' },
      { job: 'enrich-metadata' },
      { job: 'generate-series-embeddings' },
      { job: 'sync-series-watch-history' },
      { job: 'generate-series-recommendations' },
      { job: 'sync-series-libraries' },
    ],
  },
  {
    name: 'full-refresh',
    description: 'All series jobs in order, with everything read from the media server again.',
    steps: [
      { job: 'sync-series', params: { full: true } },
      { job: 'enrich-metadata' },
      { job: 'generate-series-embeddings' },
      { job: 'sync-series-watch-history', params: { full: true } },
      { job: 'generate-series-recommendations' },
      { job: 'sync-series-libraries' },
    ],
  },
  {
    name: 'post-update',
    description: 'After new content was added: both syncs, then enrich, embed, recommend, write libraries.',
    // The history belongs to it: where a user stands with a series depends on the episodes that were just added.
    steps: [
      { job: 'sync-series' },
      { job: 'sync-series-watch-history' },
      { job: 'enrich-metadata' },
      { job: 'generate-series-embeddings' },
      { job: 'generate-series-recommendations' },
      { job: 'sync-series-libraries' },
    ],
  },
  {
    name: 'recommendation-cycle',
    description: 'The weekly cycle: recommend, write libraries.',
    steps: [{ job: 'generate-series-recommendations' }, { job: 'sync-series-libraries' }],
  },
  {
    name: 'repair-recommendations',
    description:
      'When picks look wrong: embeddings and the whole history, then everybody’s picks made anew, then libraries. Stops when not all was read.',
    // Picks made of half the vectors or half the history would be wrong again, and look repaired.
    steps: [
      { job: 'generate-series-embeddings', onPartial: 'STOP' },
      { job: 'sync-series-watch-history', params: { full: true }, onPartial: 'STOP' },
      { job: 'generate-series-recommendations', params: { force: true } },
      { job: 'sync-series-libraries' },
    ],
  },
];
