import type { Database, Queryable } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { knowsUserAndTitle, writeFeedback } from './feedback.repo.ts';

/** What a user says of a title; null takes it back. */
export type GivenFeedback =
  /** 1..10 */
  | { readonly kind: 'RATING'; readonly rating: number | null }
  | { readonly kind: 'DISMISSED'; readonly isDismissed: boolean }
  | { readonly kind: 'SNOOZED'; readonly until: Date | null };

/** Whom it comes from and what it is about. */
interface FeedbackAbout {
  readonly userId: number;
  readonly titleId: number;
}

/** Nobody snoozes a series for longer; a later date is a slip of the hand. */
const LONGEST_SNOOZE_MS = 10 * 366 * 86_400_000;

/**
 * Takes what a user says of a title.
 *
 * @returns whether it is anything new
 * @throws ShowrunnerError `NOT_FOUND` for a user or a series that there is not, `BAD_INPUT` for a rating that is no whole
 * number from 1 to 10 or a date that is past or more than ten years away
 */
export async function giveFeedback(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  about: FeedbackAbout,
  given: GivenFeedback,
): Promise<boolean> {
  const at = now();
  refuseBad(given, at);
  return db.transaction(async (tx) => {
    const known = await knowsUserAndTitle(tx, about.userId, about.titleId);
    if (!known.user) throw unknown('user', 'userId');
    if (!known.title) throw unknown('series', 'seriesId');
    return write(tx, about, given, at);
  });
}

function write(tx: Queryable, about: FeedbackAbout, given: GivenFeedback, now: Date): Promise<boolean> {
  switch (given.kind) {
    case 'RATING':
      return writeFeedback(tx, about, 'rating', given.rating, now);
    case 'DISMISSED':
      return writeFeedback(tx, about, 'dismissed_at', given.isDismissed ? now : null, now);
    case 'SNOOZED':
      return writeFeedback(tx, about, 'snoozed_until', given.until, now);
  }
}

function refuseBad(given: GivenFeedback, now: Date): void {
  if (given.kind === 'RATING' && given.rating !== null) {
    if (Number.isInteger(given.rating) && given.rating >= 1 && given.rating <= 10) return;
    throw new ShowrunnerError('BAD_INPUT', 'A rating is a whole number from 1 to 10.', {
      field: 'rating',
      value: String(given.rating),
      remedy: 'Give a whole number from 1 to 10, or null to take the rating back.',
    });
  }
  if (given.kind !== 'SNOOZED' || given.until === null) return;
  const ahead = given.until.getTime() - now.getTime();
  if (ahead > 0 && ahead <= LONGEST_SNOOZE_MS) return;
  throw new ShowrunnerError('BAD_INPUT', 'A series is snoozed until a time within the next ten years.', {
    field: 'until',
    value: Number.isNaN(given.until.getTime()) ? 'no date' : given.until.toISOString(),
    remedy: 'Give a later date; dismissSeries is for good.',
  });
}

function unknown(what: string, field: string): ShowrunnerError {
  return new ShowrunnerError('NOT_FOUND', `There is no such ${what}.`, {
    field,
    remedy: `Pass the id of a ${what === 'user' ? 'User' : 'Series'} as a query returned it.`,
  });
}
