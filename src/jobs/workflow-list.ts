/** A named order of jobs. */
export interface WorkflowDefinition {
  /** Kebab form; the API's enum is its upper-case form. */
  readonly name: string;
  readonly description: string;
  readonly jobs: readonly string[];
}

/** The workflows that a person starts by name. */
export const WORKFLOWS: readonly WorkflowDefinition[] = [
  {
    name: 'initial-setup',
    description: 'Everything once, in order: from an empty database to a library for every enabled user.',
    jobs: [
      'sync-series',
      'generate-series-embeddings',
      'sync-series-watch-history',
      'generate-series-recommendations',
      'sync-series-libraries',
    ],
  },
  {
    name: 'full-refresh',
    description: 'All five series jobs in order.',
    jobs: [
      'sync-series',
      'generate-series-embeddings',
      'sync-series-watch-history',
      'generate-series-recommendations',
      'sync-series-libraries',
    ],
  },
  {
    name: 'post-update',
    description: 'After new content was added: sync, embed, recommend, write libraries.',
    jobs: [
      'sync-series',
      'generate-series-embeddings',
      'generate-series-recommendations',
      'sync-series-libraries',
    ],
  },
  {
    name: 'recommendation-cycle',
    description: 'The weekly cycle: recommend, write libraries.',
    jobs: ['generate-series-recommendations', 'sync-series-libraries'],
  },
  {
    name: 'repair-recommendations',
    description: 'When picks look wrong: history, embeddings, recommendations, libraries.',
    jobs: [
      'sync-series-watch-history',
      'generate-series-embeddings',
      'generate-series-recommendations',
      'sync-series-libraries',
    ],
  },
];
