import type { EpisodeRow } from '../src/catalog/episode-reads.repo.ts';
import type { SeasonRow } from '../src/catalog/season-reads.repo.ts';
import type { SeriesRow } from '../src/catalog/series-reads.repo.ts';
import type { EnrichmentRow } from '../src/enrichment/enrichment-reads.repo.ts';
import type { EvaluationRow } from '../src/evaluation/evaluation-reads.repo.ts';
import type { CohortResult } from '../src/evaluation/summarise.ts';
import type { VirtualLibraryRow } from '../src/library-writer/user-library-reads.repo.ts';
import type { Page } from '../src/platform/json-pages.repo.ts';
import type {
  EvidenceRow,
  PickRow,
  RecommendationSetRow,
} from '../src/recommendations/recommendation-reads.repo.ts';
import type { SimilarSeriesRow } from '../src/recommendations/similar-reads.repo.ts';
import type { WeightsVersionRow } from '../src/recommendations/tuning/weights-reads.repo.ts';
import type { FeedbackRow } from '../src/taste/feedback-reads.repo.ts';
import type { PlayRow } from '../src/watch/play-reads.repo.ts';
import type { PlayStateRow, SeriesStateRow } from '../src/watch/state-reads.repo.ts';
import type { UserRow } from '../src/watch/user-reads.repo.ts';

/**
 * The rows of the domains joined to the graph that resolvers walk. A root field's one statement fills what the query
 * selects of it; values of fields with arguments lie under the key of their arguments.
 */
export type ByArguments<Value> = Readonly<Record<string, Value>>;

export interface Series extends SeriesRow {
  /** Tags of the pictures, of which their addresses are made. */
  readonly posterUrl: string | null;
  readonly backdropUrl: string | null;
  readonly mergedInto: Series | null;
  readonly seasons: readonly Season[];
  readonly episodes: ByArguments<Page<Episode>>;
  readonly enrichment: readonly EnrichmentRow[];
  readonly similar: ByArguments<readonly SimilarSeries[]>;
  readonly watchState: ByArguments<SeriesWatchState | null>;
  readonly feedback: ByArguments<SeriesFeedback | null>;
}

export interface Season extends SeasonRow {
  readonly episodes: readonly Episode[];
}

export interface Episode extends EpisodeRow {
  readonly series: Series;
  readonly playState: ByArguments<PlayStateRow | null>;
}

export interface SimilarSeries extends SimilarSeriesRow {
  readonly series: Series;
}

export interface User extends UserRow {
  readonly watchStates: ByArguments<Page<SeriesWatchState>>;
  readonly plays: ByArguments<Page<Play>>;
  readonly feedback: ByArguments<Page<SeriesFeedback>>;
  readonly recommendations: RecommendationSet | null;
  readonly library: VirtualLibraryRow | null;
  readonly seesOthersPicks: boolean;
}

export interface Play extends PlayRow {
  readonly episode: Episode;
}

export interface SeriesFeedback extends FeedbackRow {
  readonly series: Series;
}

export interface SeriesWatchState extends SeriesStateRow {
  readonly series: Series;
}

export interface RecommendationSet extends RecommendationSetRow {
  readonly weights: WeightsVersion | null;
  readonly picks: ByArguments<readonly Pick[]>;
}

export interface Pick extends PickRow {
  readonly series: Series;
  readonly evidence: readonly Evidence[];
}

export interface Evidence extends EvidenceRow {
  readonly series: Series | null;
}

export interface WeightsVersion extends WeightsVersionRow {
  readonly parent: WeightsVersion | null;
  readonly users: readonly User[];
}

export interface Evaluation extends EvaluationRow {
  readonly weights: WeightsVersion | null;
  readonly results: readonly CohortResult[];
}
