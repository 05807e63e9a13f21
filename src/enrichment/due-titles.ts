import { dueSources, type LookupRun, type LookupsOfTitle } from './look-up-title.ts';
import type { TitleIdentity } from './metadata-source.ts';

/** Titles that some source is to be asked about: new ones first, then those whose look-up was longest ago. */
export function dueTitles(
  titles: readonly TitleIdentity[],
  stored: ReadonlyMap<number, LookupsOfTitle>,
  run: Pick<LookupRun, 'settings' | 'now' | 'force'>,
): TitleIdentity[] {
  const waiting = titles.flatMap((title) => {
    const own: LookupsOfTitle = stored.get(title.id) ?? new Map();
    const due = dueSources(title, own, run);
    const since = Math.min(...due.map(({ name }) => own.get(name)?.attemptedAt.getTime() ?? 0));
    return due.length === 0 ? [] : [{ title, since }];
  });
  return waiting.sort((a, b) => a.since - b.since || a.title.id - b.title.id).map(({ title }) => title);
}
