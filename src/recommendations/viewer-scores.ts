import { ShowrunnerError } from '../platform/errors.ts';
import type { EnabledUser } from '../watch/watch-snapshot.repo.ts';
import type { Audience, ViewerTaste } from './audience.ts';
import { contentSumsOfAll } from './content-sums.ts';
import type { Library } from './library.ts';
import type { PickOptions } from './pick-titles.ts';
import type { RecommendationInputs } from './recommendation-inputs.ts';
import { scoreTitles, type TitleScores } from './score-titles.ts';
import { inTurns, type Pause } from './steps.ts';
import { tuned } from './tuning/tuning-weights.ts';

/** Scores a library for one viewer as their picks are scored, in turns with whatever else the process has to do. */
export async function viewerScores(
  library: Library,
  audience: Audience,
  taste: ViewerTaste,
  options: Pick<PickOptions, 'tuning' | 'currentYear'>,
  pause: Pause,
): Promise<TitleScores> {
  const [sums] = await inTurns(contentSumsOfAll(library.content, [taste]), pause);
  const scores = scoreTitles(library, audience, taste, options.currentYear, sums);
  return tuned(scores, options.tuning ?? {});
}

/** The enabled user of an id; throws `NOT_FOUND` for any other, naming the argument `field`. */
export function requireUser(inputs: RecommendationInputs, userId: number, field: string): EnabledUser {
  const user = inputs.users.find((one) => one.id === userId);
  if (user) return user;
  throw new ShowrunnerError('NOT_FOUND', 'There is no such user with recommendations enabled.', {
    field,
    remedy: 'Pass the id of one of `users`, and enable recommendations for that user.',
  });
}
