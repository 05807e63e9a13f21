import type { MediaServer, SeriesOpinion } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import type { HistoryPlan } from './history-libraries.ts';
import type { EnabledUser } from './watch-snapshot.repo.ts';

/** Reads what a user said of series on the media server, in the libraries that are not ours: favourites, ratings, likes. */
export async function readOpinions(
  { mediaServer, signal }: VerbContext & { readonly mediaServer: MediaServer },
  user: EnabledUser,
  libraries: HistoryPlan['read'],
): Promise<SeriesOpinion[]> {
  const found: SeriesOpinion[] = [];
  for (const library of libraries) {
    if (library.isVirtual) continue;
    const input = { libraryId: library.providerId, userId: user.providerId, signal };
    for await (const page of mediaServer.opinions(input)) found.push(...page.items);
    signal.throwIfAborted();
  }
  return found;
}
