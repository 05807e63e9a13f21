import type { JobEngine } from '../jobs/job-engine.ts';
import type { JobServices } from '../jobs/job-services.ts';
import type { VerbContext } from '../platform/context.ts';
import type { Database } from '../platform/database.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { type RefreshedEpisodes, refreshEpisodes } from '../watch/refresh-episodes.ts';
import type { WebhookEvent } from '../watch/webhook-event.ts';

/** What it takes to act on webhooks. */
export interface PlaybackRefresherOptions {
  readonly db: Database;
  readonly engine: JobEngine;
  readonly services: JobServices;
  readonly log: Logger;
  readonly now: () => Date;
  /** How long events are gathered before the media server is asked, in ms (default 1,000). */
  readonly gatherMs?: number;
}

/** Keeps histories fresh as webhooks come in. */
export interface PlaybackRefresher {
  /** Notes an event and returns at once; events of the same user and item are one. */
  accept(event: WebhookEvent): void;
  /** Lets go of what is under way; the next history sync finds it. */
  stop(): Promise<void>;
}

/** Marking a series tells of each of its episodes, several times each: so events are gathered for a moment. */
const GATHER_MS = 1_000;
/** Events of items beyond this many are left to the next history sync. */
const MOST_PENDING = 5_000;

/** Puts a refresher together; it does nothing until an event comes. */
export function createPlaybackRefresher(options: PlaybackRefresherOptions): PlaybackRefresher {
  const { log } = options;
  const ending = new AbortController();
  let pending = new Map<string, Set<string>>();
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  const work = async () => {
    const users = pending;
    pending = new Map();
    size = 0;
    for (const [userId, itemIds] of users) {
      if (ending.signal.aborted) return;
      try {
        const done = await refreshEpisodes(contextOf(options, ending.signal), {
          userId,
          itemIds: [...itemIds],
          thresholds: options.services.seriesStates,
        });
        log.debug({ ...done }, 'a webhook was followed up');
        await recommendAnew(options, done);
      } catch (error) {
        if (ending.signal.aborted) return;
        log.warn({ err: error }, 'A webhook was not followed up; the next history sync will find the play.');
      }
    }
  };

  return {
    accept: ({ userId, itemId }) => {
      if (ending.signal.aborted || size >= MOST_PENDING) return;
      const items = pending.get(userId) ?? new Set();
      pending.set(userId, items);
      const before = items.size;
      items.add(itemId);
      size += items.size - before;
      timer ??= setTimeout(() => {
        timer = undefined;
        working = working.then(work);
      }, options.gatherMs ?? GATHER_MS);
    },
    stop: async () => {
      clearTimeout(timer);
      ending.abort(new DOMException('The server stops.', 'AbortError'));
      await working;
    },
  };
}

function contextOf({ db, services, log, now }: PlaybackRefresherOptions, signal: AbortSignal) {
  const context: VerbContext = {
    db,
    signal,
    log,
    now,
    progress: { step: () => {}, advance: () => {}, log: () => {}, fail: () => {} },
  };
  return { ...context, mediaServer: services.mediaServer() };
}

/** Somebody who has finished a series looks for the next one. The engine takes the same wish only once at a time. */
async function recommendAnew(
  { engine, log }: PlaybackRefresherOptions,
  { userId, finished }: RefreshedEpisodes,
): Promise<void> {
  if (userId === null || finished.length === 0) return;
  try {
    await engine.runJob({
      job: 'generate-series-recommendations',
      params: { userIds: [userId] },
      trigger: { kind: 'WEBHOOK', userId },
    });
  } catch (error) {
    if (!(error instanceof ShowrunnerError) || error.code !== 'PREREQUISITE_MISSING') throw error;
    log.debug({ userId }, 'A series was finished before recommendations were set up.');
  }
}
