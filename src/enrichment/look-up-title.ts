import { ShowrunnerError } from '../platform/errors.ts';
import { identityHash, isDue } from './due-lookups.ts';
import type { EndedLookup, StoredLookup } from './enrichment.repo.ts';
import type {
  Lookup,
  MetadataSettings,
  MetadataSource,
  RunLimits,
  SeriesFacts,
  SourceName,
  TitleIdentity,
} from './metadata-source.ts';
import type { Outages } from './outages.ts';

/** The stored look-ups of one title, by source. */
export type LookupsOfTitle = ReadonlyMap<SourceName, StoredLookup>;

/** What one run goes by. */
export interface LookupRun {
  readonly settings: MetadataSettings;
  readonly limits: RunLimits;
  readonly outages: Outages;
  readonly now: Date;
  /** Looks up what is not due either. */
  readonly force: boolean;
}

/** What came of a title: its look-ups that ended, and the failures among them. */
export interface TitleOutcome {
  readonly ended: readonly EndedLookup[];
  readonly errors: readonly unknown[];
  /** Whether a source that should have been asked was not. */
  readonly isPostponed: boolean;
}

/** The sources to ask about a title by what is stored; a later one only where those before it leave something open. */
export function dueSources(
  title: TitleIdentity,
  stored: LookupsOfTitle,
  { settings, now, force }: Pick<LookupRun, 'settings' | 'now' | 'force'>,
): MetadataSource[] {
  const hash = identityHash(title);
  const due = settings.sources.filter(
    ({ name }) => force || isDue(stored.get(name), hash, now, settings.maxAgeDays),
  );
  const [first] = due;
  if (!first || first === settings.sources[0]) return due;
  const before = settings.sources.slice(0, settings.sources.indexOf(first));
  return before.every(({ name }) => leavesOpen(stored.get(name)?.facts ?? null)) ? due : [];
}

/**
 * Asks each source in turn. A failure is the title's own and is told; it does not keep the next source from being asked.
 * A refused key is the source's: it is left alone for the rest of the run, and the title waits for it.
 *
 * @throws the signal's reason, and what nobody foresaw
 */
export async function lookUpTitle(
  title: TitleIdentity,
  stored: LookupsOfTitle,
  run: LookupRun,
): Promise<TitleOutcome> {
  const ended: EndedLookup[] = [];
  const errors: unknown[] = [];
  let isPostponed = false;
  let isOpen = true;
  for (const source of dueSources(title, stored, run)) {
    if (!isOpen) break;
    const lookup = run.outages.isOut(source) ? null : await attempt(source, title, run);
    if (!lookup) {
      isPostponed = true;
      isOpen = leavesOpen(stored.get(source.name)?.facts ?? null);
      continue;
    }
    if ('error' in lookup) errors.push(lookup.error);
    ended.push(endedLookup(source.name, title, run.now, lookup));
    isOpen = leavesOpen('error' in lookup ? null : (lookup.found?.facts ?? null));
  }
  return { ended, errors, isPostponed };
}

/** Null when the source refused the key: that says nothing of the title. */
async function attempt(source: MetadataSource, title: TitleIdentity, { limits, outages }: LookupRun) {
  try {
    const lookup = await source.lookUp(title, limits);
    outages.answered(source);
    return lookup;
  } catch (error) {
    limits.signal.throwIfAborted();
    if (!(error instanceof ShowrunnerError)) throw error;
    outages.failed(source, error);
    return error.code === 'PROVIDER_REFUSED' ? null : { error };
  }
}

function endedLookup(
  source: SourceName,
  title: TitleIdentity,
  attemptedAt: Date,
  lookup: Lookup | { readonly error: unknown },
): EndedLookup {
  const base = { titleId: title.id, source, attemptedAt, identityHash: identityHash(title) };
  if ('error' in lookup) return { ...base, outcome: 'FAILED', found: null, refused: null };
  if (lookup.found) return { ...base, outcome: 'FOUND', found: lookup.found, refused: null };
  return { ...base, outcome: 'NOT_FOUND', found: null, refused: lookup.refused };
}

/** Whether another source could add to these facts. */
function leavesOpen(facts: SeriesFacts | null): boolean {
  if (!facts) return true;
  return facts.networks.length === 0 || facts.status === null || facts.voteAverage === null;
}
