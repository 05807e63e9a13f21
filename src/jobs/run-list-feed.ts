import type { Database } from '../platform/database.ts';
import { runsById, unfinishedRuns } from './run-list.repo.ts';
import type { JobRun } from './runs.repo.ts';
import { RUNS_CHANNEL } from './runs.repo.ts';

/** Changes of one run closer together than this are told once. */
const GATHER_MS = 200;
const POLL_MS = 10_000;

/**
 * The list of runs as it changes: every unfinished run, then the newest state of each run that has news. States in
 * between may be left out, the last one never is; a slow reader is told less often, not later.
 */
export async function* watchRunList(db: Database, signal: AbortSignal): AsyncGenerator<JobRun, void> {
  const changed = new Set<string>();
  let wake = () => {};
  const unlisten = await db.listen(RUNS_CHANNEL, (payload) => {
    changed.add(payload.slice(0, payload.lastIndexOf(':')));
    wake();
  });
  try {
    yield* await unfinishedRuns(db);
    while (!signal.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, POLL_MS);
          function done() {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          }
          wake = done;
          signal.addEventListener('abort', done, { once: true });
        });
        continue;
      }
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const ids = [...changed];
      changed.clear();
      yield* await runsById(db, ids);
    }
  } finally {
    await unlisten();
  }
}
