import { episodeShape } from '../src/catalog/episode-reads.repo.ts';
import { libraryShape } from '../src/catalog/library-reads.repo.ts';
import { seasonShape } from '../src/catalog/season-reads.repo.ts';
import { imageTagOf } from '../src/catalog/series-images.repo.ts';
import { seriesShape } from '../src/catalog/series-reads.repo.ts';
import { enrichmentOfTitle, enrichmentShape } from '../src/enrichment/enrichment-reads.repo.ts';
import { evaluationResultShape, evaluationShape } from '../src/evaluation/evaluation-reads.repo.ts';
import {
  libraryOfUser,
  seesOthersPicks,
  virtualLibraryShape,
} from '../src/library-writer/user-library-reads.repo.ts';
import type { Shapes } from '../src/platform/json-shapes.repo.ts';
import {
  currentSetOfUser,
  evidenceShape,
  pickShape,
  recommendationSetShape,
} from '../src/recommendations/recommendation-reads.repo.ts';
import { similarSeriesShape, similarToTitle } from '../src/recommendations/similar-reads.repo.ts';
import { versionOf, weightsVersionShape } from '../src/recommendations/tuning/weights-reads.repo.ts';
import { feedbackOfTitle, feedbackOfUser, feedbackShape } from '../src/taste/feedback-reads.repo.ts';
import { playShape } from '../src/watch/play-reads.repo.ts';
import {
  playStateOfEpisode,
  playStateShape,
  seriesStateShape,
  watchStateOfTitle,
} from '../src/watch/state-reads.repo.ts';
import { userShape } from '../src/watch/user-reads.repo.ts';

/** How every type of the graph is read, by GraphQL name: each domain gives its part, and here they meet. */
export const shapes: Shapes = {
  Series: {
    ...seriesShape,
    columns: { ...seriesShape.columns, posterUrl: imageTagOf('poster'), backdropUrl: imageTagOf('backdrop') },
    links: {
      ...seriesShape.links,
      enrichment: enrichmentOfTitle,
      similar: similarToTitle,
      watchState: watchStateOfTitle,
      feedback: feedbackOfTitle,
    },
  },
  Enrichment: enrichmentShape,
  Season: seasonShape,
  Episode: { ...episodeShape, links: { ...episodeShape.links, playState: playStateOfEpisode } },
  SimilarSeries: similarSeriesShape,
  Library: libraryShape,
  User: {
    ...userShape,
    columns: { ...userShape.columns, seesOthersPicks },
    links: {
      ...userShape.links,
      recommendations: currentSetOfUser,
      library: libraryOfUser,
      feedback: feedbackOfUser,
    },
  },
  SeriesWatchState: seriesStateShape,
  SeriesFeedback: feedbackShape,
  PlayState: playStateShape,
  Play: playShape,
  RecommendationSet: {
    ...recommendationSetShape,
    links: { ...recommendationSetShape.links, weights: versionOf },
  },
  WeightsVersion: weightsVersionShape,
  Evaluation: evaluationShape,
  EvaluationResult: evaluationResultShape,
  Pick: pickShape,
  Evidence: evidenceShape,
  VirtualLibrary: virtualLibraryShape,
};
