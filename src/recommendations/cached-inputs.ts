import type { VerbContext } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import { inputsVersion } from './inputs-version.repo.ts';
import { loadRecommendationInputs, type RecommendationInputs } from './recommendation-inputs.ts';
import type { SelectionSettings } from './selection-settings.ts';

/** A library that nobody asked for in this time is let go. */
const KEPT_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

interface CachedInputs {
  readonly key: string;
  readonly inputs: Promise<RecommendationInputs>;
  readonly letGo: NodeJS.Timeout;
}

/** The last inputs of each database of this process: one library each, however many questions are asked of it. */
const cache = new WeakMap<Database, CachedInputs>();

/**
 * What recommendations of all enabled users are made of, loaded anew only when something of it has changed since the
 * last call. Calls that come while it is loading wait for the same load.
 *
 * @throws ShowrunnerError `PREREQUISITE_MISSING` when there is no title
 */
export async function cachedInputs(
  { db, now }: Pick<VerbContext, 'db' | 'now'>,
  selection: SelectionSettings,
): Promise<RecommendationInputs> {
  // What was shown counts by whole days.
  const day = Math.floor(now().getTime() / DAY_MS);
  const key = JSON.stringify([await inputsVersion(db), selection, day]);
  const known = cache.get(db);
  if (known?.key === key) {
    known.letGo.refresh();
    return known.inputs;
  }
  if (known) clearTimeout(known.letGo);
  // Several callers may wait for it: none of them may stop it.
  const { signal } = new AbortController();
  const entry: CachedInputs = {
    key,
    inputs: loadRecommendationInputs({ db, signal, now }, undefined, selection),
    letGo: setTimeout(() => forget(db, entry), KEPT_MS).unref(),
  };
  cache.set(db, entry);
  entry.inputs.catch(() => forget(db, entry));
  return entry.inputs;
}

function forget(db: Database, entry: CachedInputs): void {
  clearTimeout(entry.letGo);
  if (cache.get(db) === entry) cache.delete(db);
}
