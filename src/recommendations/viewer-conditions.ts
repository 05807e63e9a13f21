import type { Library } from './library.ts';
import type { Steps } from './steps.ts';

/**
 * What weights and trees follow: measured without knowing what will be watched, so that one model fits itself to servers
 * on which popularity explains what people watch, and to those on which likeness does.
 */
export const CONDITIONS = [
  'logViewers',
  'logHistory',
  'votesOfWatched',
  'contentOfWatched',
  'ratingOfWatched',
  'yearOfWatched',
  'viewersOfWatched',
  'logTitles',
] as const;

export type Condition = (typeof CONDITIONS)[number];
export type Conditions = Readonly<Record<Condition, number>>;

/** What is measured over the titles that a viewer watched. */
type Habit = 'votesOfWatched' | 'contentOfWatched' | 'ratingOfWatched' | 'yearOfWatched' | 'viewersOfWatched';
export type Habits = Readonly<Record<Habit, number>>;

/** Watched series for which a viewer's own habits count as much as those of all viewers of the server. */
const SHRINKAGE = 5;
/** Servers with more viewers are taken for as large: nothing was learnt from larger ones. */
export const MAX_VIEWERS = 200;
/** Histories longer than this are taken for as long. */
const MAX_HISTORY = 300;
/** Added to shares whose logarithm is taken. */
const SMALL_SHARE = 0.02;

const NO_HABITS: Habits = {
  votesOfWatched: 0,
  contentOfWatched: 0,
  ratingOfWatched: 0,
  yearOfWatched: 0,
  viewersOfWatched: 0,
};

/** The habits of all viewers together: their means, each viewer counting by the length of the history. */
export function* audienceHabits(
  library: Library,
  histories: readonly (readonly number[])[],
  watcherCounts: Int32Array,
): Steps<Habits> {
  const total = histories.reduce((sum, liked) => sum + liked.length, 0);
  if (total === 0) return NO_HABITS;
  const sums = { ...NO_HABITS };
  for (const liked of histories) {
    yield;
    const own = habitsOf(library, liked, histories.length, watcherCounts);
    for (const habit of HABITS) sums[habit] += (own[habit] * liked.length) / total;
  }
  return sums;
}

/** The conditions of one viewer; habits of a short history are drawn towards those of the server. */
export function viewerConditions(
  library: Library,
  server: { readonly viewers: number; readonly watcherCounts: Int32Array; readonly habits: Habits },
  liked: readonly number[],
): Conditions {
  const { viewers, watcherCounts, habits } = server;
  const own = habitsOf(library, liked, viewers, watcherCounts);
  const history = liked.length;
  const drawn = (habit: Habit) => (history * own[habit] + SHRINKAGE * habits[habit]) / (history + SHRINKAGE);
  return {
    logViewers: Math.log(Math.min(MAX_VIEWERS, Math.max(1, viewers))),
    logHistory: Math.log(1 + Math.min(MAX_HISTORY, history)),
    votesOfWatched: drawn('votesOfWatched'),
    contentOfWatched: drawn('contentOfWatched'),
    ratingOfWatched: drawn('ratingOfWatched'),
    yearOfWatched: drawn('yearOfWatched'),
    viewersOfWatched: drawn('viewersOfWatched'),
    logTitles: Math.log(Math.max(1, library.titles.length)),
  };
}

const HABITS = [
  'votesOfWatched',
  'contentOfWatched',
  'ratingOfWatched',
  'yearOfWatched',
  'viewersOfWatched',
] as const satisfies readonly Habit[];

function habitsOf(
  library: Library,
  liked: readonly number[],
  viewers: number,
  watcherCounts: Int32Array,
): Habits {
  const history = liked.length;
  if (history === 0) return NO_HABITS;
  const mean = (measure: (row: number) => number) =>
    liked.reduce((sum, row) => sum + measure(row), 0) / history;
  return {
    votesOfWatched: mean((row) => library.votes?.[row] ?? 0),
    contentOfWatched: contentLift(library, liked),
    ratingOfWatched: mean((row) => library.ratings[row] ?? 0),
    yearOfWatched: mean((row) => library.yearsScaled[row] ?? 0),
    viewersOfWatched: viewers < 2 ? 0 : mean((row) => ((watcherCounts[row] ?? 0) - 1) / (viewers - 1)),
  };
}

/**
 * How much likelier than by chance the nearest of a watched title were watched too, as a mean logarithm: whether likeness
 * explains this viewer. A title is never among its own nearest, so each is measured by the others.
 */
function contentLift({ nearest, titles }: Library, liked: readonly number[]): number {
  const watched = new Uint8Array(titles.length);
  for (const row of liked) watched[row] = 1;
  const chance = Math.max(1, liked.length - 1) / titles.length;
  let sum = 0;
  for (const row of liked) {
    let share = 0;
    for (let at = row * nearest.count; at < (row + 1) * nearest.count; at += 1)
      if (watched[nearest.rows[at] ?? 0]) share += nearest.weights[at] ?? 0;
    sum += Math.log((share + SMALL_SHARE) / (chance + SMALL_SHARE));
  }
  return sum / liked.length;
}
