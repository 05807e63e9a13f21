import type { ListInput, MediaServer, PlayStateItem } from '../../src/media-server/media-server.ts';
import type { Script } from './scripted-media-server.ts';

type WatchAnswers = Pick<
  MediaServer,
  | 'serverTime'
  | 'playsSince'
  | 'begunEpisodes'
  | 'playedCount'
  | 'playStatesOf'
  | 'unplayedCounts'
  | 'activity'
>;

/** What a scripted server says of plays, all of it read from `script.playStates`. It keeps no log and tells no time. */
export function watchAnswers(script: Script): WatchAnswers {
  const stateOf = (list: ListInput, itemId: string) =>
    script.playStates[`${list.userId}/${list.libraryId}`]?.find((item) => item.itemId === itemId);
  const ask = (list: ListInput): PlayStateItem[] => {
    list.signal.throwIfAborted();
    script.beforePage('playStates', list, 0);
    return script.playStates[`${list.userId}/${list.libraryId}`] ?? [];
  };
  const libraryIds = () => script.libraries.map((one) => one.id);
  return {
    serverTime: () => null,
    playsSince: async ({ since, ...list }) => {
      const played = ask(list).filter((item) => item.played);
      const time = (item: PlayStateItem) => item.lastPlayedAt?.getTime() ?? 0;
      return {
        items: played
          .filter((item) => time(item) >= since.getTime())
          .sort((one, other) => time(other) - time(one)),
        total: played.length,
      };
    },
    begunEpisodes: async function* (list) {
      yield { items: ask(list).filter((item) => item.positionMs > 0), skipped: 0 };
    },
    playedCount: async (list) => ask(list).filter((item) => item.played).length,
    playStatesOf: async ({ userId, itemIds, signal }) =>
      libraryIds().flatMap((libraryId) =>
        (script.episodes[libraryId] ?? [])
          .filter((episode) => itemIds.includes(episode.id))
          .map((episode) => stateOf({ userId, libraryId, signal }, episode.id) ?? untouched(episode.id)),
      ),
    unplayedCounts: async ({ userId, itemIds, signal }) =>
      new Map(
        libraryIds().flatMap((libraryId) =>
          (script.series[libraryId] ?? [])
            .filter((series) => itemIds.includes(series.id))
            .map((series): [string, number] => {
              const episodes = (script.episodes[libraryId] ?? []).filter((one) => one.seriesId === series.id);
              const isUnplayed = (id: string) => !stateOf({ userId, libraryId, signal }, id)?.played;
              return [series.id, episodes.filter((one) => isUnplayed(one.id)).length];
            }),
        ),
      ),
    activity: async () => null,
  };
}

function untouched(itemId: string): PlayStateItem {
  return {
    itemId,
    played: false,
    positionMs: 0,
    runtimeMs: 1_800_000,
    playCount: 0,
    isFavorite: false,
    lastPlayedAt: null,
  };
}
