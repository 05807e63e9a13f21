import { tasteProfile } from '../taste/taste-profile.ts';
import { type Audience, buildAudience, type ViewerTaste, viewerTaste } from './audience.ts';
import type { Library } from './library.ts';
import type { SelectionSettings } from './selection-settings.ts';
import { inTurns, type Pause } from './steps.ts';
import { type ViewerFacts, viewersOf } from './viewer-facts.ts';

/** A user whose history may count in the picks of others, with the rows of what they like. */
export type SharedTaste = readonly [userId: number, liked: readonly number[]];

/** Fewer viewers than this would be told by the counts of who watched what. */
const MIN_COUNTED = 5;

const NO_TITLES: ReadonlySet<number> = new Set();

/** The tastes of all viewers, and those of them that may count in the picks of others. */
export interface ViewerTastes {
  readonly tastes: ReadonlyMap<number, ViewerTaste>;
  readonly audience: Audience;
  /** Users behind the audience. */
  readonly shared: readonly SharedTaste[];
}

/** Reads the tastes of all viewers on a library; others get a turn every few ms. */
export async function viewerTastes(
  library: Library,
  viewers: ViewerFacts,
  selection: Pick<SelectionSettings, 'collaborative'>,
  pause: Pause,
): Promise<ViewerTastes> {
  const { tastes, shared } = tastesOf(library, viewers, selection);
  const others = shared.flatMap(([id]) => tastes.get(id) ?? []);
  return { tastes, shared, audience: await inTurns(buildAudience(library, others, selection), pause) };
}

/** The same without what is computed over all of them. */
export function tastesOf(
  library: Pick<Library, 'rowOf'>,
  viewers: ViewerFacts,
  { collaborative }: Pick<SelectionSettings, 'collaborative'>,
): Omit<ViewerTastes, 'audience'> {
  const tastes = new Map(viewersOf(viewers).map((id) => [id, viewerTaste(library, profileOf(viewers, id))]));
  const others = [...tastes].filter(([id]) => !viewers.unshared.has(id));
  const counted = others.filter(([, taste]) => taste.liked.length > 0).length;
  // Without the collaborative part others are known by how many watched a title, in numbers that tell on nobody, or not at all.
  if (!collaborative && counted < MIN_COUNTED) return { tastes, shared: [] };
  return { tastes, shared: others.map(([id, taste]) => [id, taste.liked]) };
}

/** What a user likes; `without` are titles to read it as if the user had never watched or judged them. */
export function profileOf(
  { states, feedback }: ViewerFacts,
  userId: number,
  without: ReadonlySet<number> = NO_TITLES,
) {
  const isKnown = ({ titleId }: { readonly titleId: number }) => !without.has(titleId);
  return tasteProfile(
    (states.get(userId) ?? []).filter(isKnown),
    (feedback.get(userId) ?? []).filter(isKnown),
  );
}
