import type { MediaServer } from '../media-server/media-server.ts';
import type { VerbContext } from '../platform/context.ts';
import { askEpisodes, writeAskedEpisodes } from './ask-episodes.ts';
import { planHistory } from './history-libraries.ts';
import { historyLibraries, virtualLibrary } from './play-states.repo.ts';
import { readVirtualLibraries } from './virtual-library.ts';
import { keepLastWords } from './virtual-states.repo.ts';
import { historyUser } from './watch-snapshot.repo.ts';

/** Whose library is about to lose series. */
export interface KeepVirtualPlaysInput {
  /** Our id of the user, who may be disabled. */
  readonly userId: number;
  /** The media server's id of the library that Showrunner wrote for them. */
  readonly providerLibraryId: string;
  /** Our ids of the titles that stay in it. */
  readonly stays: Iterable<number>;
}

/**
 * Reads what a user did in a library of ours before series leave it: a server that keeps play states by item (Jellyfin
 * from 10.11, UserDataManager) forgets with the item whatever no pass has read yet. The states of series follow with the
 * next history sync.
 *
 * @returns counts: playStatesChanged, playStatesCleared, playsAdded
 * @throws ShowrunnerError `MEDIA_SERVER_*` when the server does not answer; nothing is written then
 */
export async function keepVirtualPlays(
  context: VerbContext & { readonly mediaServer: MediaServer },
  { userId, providerLibraryId, stays }: KeepVirtualPlaysInput,
) {
  const { db } = context;
  const user = await historyUser(db, userId);
  const library = await virtualLibrary(db, providerLibraryId);
  if (!user || !library) return { playStatesChanged: 0, playStatesCleared: 0, playsAdded: 0 };
  const readAt = context.now();
  const plan = planHistory(user, await historyLibraries(db, userId));
  const virtual = await readVirtualLibraries(context, user.providerId, [library]);
  const asked = await askEpisodes(context, user, {
    plan,
    episodeIds: [],
    virtual,
    source: 'LIBRARY',
    readAt,
  });
  return db.transaction(async (tx) => {
    const written = await writeAskedEpisodes(tx, userId, asked, context.now());
    await keepLastWords(tx, userId, stays);
    return written;
  });
}
