/** What a user said of one title, here or on the media server. */
export interface TitleFeedback {
  readonly titleId: number;
  /** 1..10, as given here. */
  readonly rating: number | null;
  /** When the user called it not interesting; null when they did not. */
  readonly dismissedAt: Date | null;
  /** Until when the user does not want to be offered it. */
  readonly snoozedUntil: Date | null;
  /** 0..10, as given on the media server. */
  readonly serverRating: number | null;
  /** Whether the user likes it, by the media server; null where it does not say. */
  readonly serverLikes: boolean | null;
  /** Whether the series is a favourite on the media server. */
  readonly serverFavorite: boolean;
}

/** What a like and a dislike count as on the scale of ratings. */
const LIKED = 8;
const DISLIKED = 3;

/** The rating that counts, 0..10: the one given here goes before the media server's, a rating before a like. */
export function effectiveRating(
  feedback: Pick<TitleFeedback, 'rating' | 'serverRating' | 'serverLikes'> | undefined,
): number | null {
  if (!feedback) return null;
  const given = feedback.rating ?? feedback.serverRating;
  if (given !== null) return given;
  if (feedback.serverLikes === null) return null;
  return feedback.serverLikes ? LIKED : DISLIKED;
}
