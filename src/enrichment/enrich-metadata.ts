import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { countChanges } from './count-changes.ts';
import { factsKeptSince } from './due-lookups.ts';
import { dueTitles } from './due-titles.ts';
import {
  clearExpiredFacts,
  countExpiredFacts,
  lookupsByTitle,
  storeLookups,
  titlesToLookUp,
} from './enrichment.repo.ts';
import { lookUpPage } from './look-up-page.ts';
import type { LookupRun, LookupsOfTitle, TitleOutcome } from './look-up-title.ts';
import type { MetadataSettings, TitleIdentity } from './metadata-source.ts';
import { createOutages } from './outages.ts';

/** Titles that are looked up at the same time, and stored together. */
const PAGE = 8;
/** Titles that a dry run names one by one. */
const SHOWN_TITLES = 100;
const WITHOUT_SOURCES =
  'No public catalog is enabled: titles keep what the media server says. Set TMDB_API_KEY or METADATA_SOURCES.';

/** Parameters of `enrichMetadata`. */
export const EnrichMetadataInput = z.object({
  /** Looks up titles again whose facts are new enough. */
  force: z.boolean().optional(),
  /** Only these titles, due or not; all that are due when left out. */
  titleIds: z.array(z.number().int().positive()).optional(),
  /** At most so many titles; the next run goes on with the rest. */
  limit: z.number().int().positive().optional(),
  /** Asks the sources and stores nothing. */
  dryRun: z.boolean().optional(),
});
export type EnrichMetadataInput = z.infer<typeof EnrichMetadataInput>;

type EnrichContext = VerbContext & { readonly metadata: MetadataSettings };

/**
 * Looks every title up in the public catalogs that is new there, has changed or was read too long ago, the longest
 * waiting first, and stores each few as they come: stopped anywhere, the next run goes on. Without a source it does nothing.
 * A source that refuses its key is left alone at once and fails as one item, with what to do: nothing waits for it, since
 * whatever builds on this does so without it too.
 *
 * @returns counts: `titles` looked at, `found`, `notFound`, `failed`, `changed` (facts differ), `textsChanged` (what
 * is embedded differs), `expired` (facts too old to be kept), `requests` sent, `remaining` titles that are still due
 * @throws ShowrunnerError `NOT_FOUND` for an unknown title
 */
export async function enrichMetadata(
  context: EnrichContext,
  input: EnrichMetadataInput = {},
): Promise<Record<string, number>> {
  const { db, signal, progress, metadata } = context;
  progress.step('Find titles to look up');
  const titles = await titlesToLookUp(db);
  signal.throwIfAborted();
  const chosen = input.titleIds ? onlyTitles(titles, input.titleIds) : titles;
  const keptSince = factsKeptSince(context.now());
  const expired = await countExpiredFacts(db, keptSince);
  if (expired > 0 && !input.dryRun) await clearExpiredFacts(db, keptSince);
  const counts = {
    titles: chosen.length,
    found: 0,
    notFound: 0,
    failed: 0,
    changed: 0,
    textsChanged: 0,
    expired,
  };
  if (metadata.sources.length === 0) {
    progress.log('info', WITHOUT_SOURCES);
    return { ...counts, titles: 0, requests: 0, remaining: 0 };
  }
  const stored = await lookupsByTitle(db, keptSince);
  signal.throwIfAborted();
  const sent = { requests: 0 };
  const run: LookupRun = {
    settings: metadata,
    now: context.now(),
    force: input.force === true || input.titleIds !== undefined,
    outages: createOutages(({ label }, error) => {
      if (error.code === 'PROVIDER_REFUSED') progress.fail(label, error);
      else progress.log('error', `${label} is left alone for the rest of this run: ${error.message}`);
    }),
    limits: {
      signal,
      onRequest: () => {
        sent.requests += 1;
      },
    },
  };
  const due = dueTitles(chosen, stored, run);
  progress.step('Look up', Math.min(due.length, input.limit ?? due.length), 'titles');
  let done = 0;
  for (const titlesOfPage of pagesOf(due.slice(0, input.limit))) {
    if (isOver(context, run, sent.requests)) break;
    const { outcomes, failure } = await lookUpPage(titlesOfPage, stored, run);
    if (!input.dryRun)
      await storeLookups(
        db,
        outcomes.flatMap(({ outcome }) => outcome.ended),
      );
    if (failure) throw failure.error;
    for (const { title, outcome } of outcomes) {
      count(counts, outcome, stored.get(title.id));
      if (!outcome.isPostponed) done += 1;
      tell(context, title, outcome, input.dryRun === true && done <= SHOWN_TITLES);
    }
  }
  return { ...counts, ...sent, remaining: due.length - done };
}

/** Whether no further titles are begun: nobody answers any more, or the run's requests are spent. */
function isOver({ progress, metadata }: EnrichContext, { outages }: LookupRun, requests: number): boolean {
  if (metadata.sources.every(outages.isOut)) return true;
  if (requests < metadata.requestsPerRun) return false;
  progress.log('info', `The ${requests} requests of a run are spent; the next one goes on.`);
  return true;
}

function pagesOf(titles: readonly TitleIdentity[]): TitleIdentity[][] {
  return Array.from({ length: Math.ceil(titles.length / PAGE) }, (_, page) =>
    titles.slice(page * PAGE, (page + 1) * PAGE),
  );
}

function tell(
  { progress }: EnrichContext,
  title: TitleIdentity,
  outcome: TitleOutcome,
  inWords: boolean,
): void {
  for (const error of outcome.errors)
    progress.fail(title.name || `title ${title.id}`, error, { kind: 'title', id: title.id });
  if (inWords) progress.log('info', describe(title, outcome));
  progress.advance();
}

function onlyTitles(all: readonly TitleIdentity[], titleIds: readonly number[]): TitleIdentity[] {
  const byId = new Map(all.map((title) => [title.id, title]));
  return [...new Set(titleIds)].map((id) => {
    const title = byId.get(id);
    if (title) return title;
    throw new ShowrunnerError('NOT_FOUND', `There is no title ${id} on the media server.`, {
      field: 'titleIds',
      value: String(id),
    });
  });
}

function count(
  counts: Record<'found' | 'notFound' | 'failed' | 'changed' | 'textsChanged', number>,
  { ended, errors }: TitleOutcome,
  stored: LookupsOfTitle | undefined,
): void {
  const isFound = ended.some(({ found }) => found !== null);
  const changes = countChanges(ended, stored ?? new Map());
  if (isFound) counts.found += 1;
  if (errors.length > 0) counts.failed += 1;
  else if (!isFound && ended.length > 0) counts.notFound += 1;
  if (changes.facts) counts.changed += 1;
  if (changes.texts) counts.textsChanged += 1;
}

function describe(title: TitleIdentity, { ended, errors }: TitleOutcome): string {
  const found = ended.flatMap(({ found, source }) =>
    found ? [`${source} ${found.sourceId} (confidence ${found.confidence.toFixed(2)})`] : [],
  );
  if (found.length > 0) return `Would store what is told of ${title.name}: ${found.join(', ')}.`;
  return errors.length > 0 ? `${title.name} could not be looked up.` : `${title.name} is in no catalog.`;
}
