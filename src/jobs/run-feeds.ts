import { wait } from '../platform/wait.ts';
import { endable, type Feed, type FeedSignals, serverStopping } from './feed.ts';
import { type RunFeedDeps, type RunFeedItem, watchRun } from './run-feed.ts';
import type { RunFilter } from './run-list.repo.ts';
import { type RunListFeedItem, watchRunList } from './run-list-feed.ts';
import { type WorkflowFeedItem, watchWorkflow } from './workflow-feed.ts';

/** All feeds that subscribers of this process hold. */
export class RunFeeds {
  readonly #deps: RunFeedDeps;
  readonly #open = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #closed = new AbortController();

  constructor(deps: RunFeedDeps) {
    this.#deps = deps;
  }

  /** Follows one run; see `watchRun`. */
  run(runId: string, after?: number): Feed<RunFeedItem> {
    return this.#follow((signals) =>
      watchRun(this.#deps, { runId, ...(after !== undefined && { after }), ...signals }),
    );
  }

  /** Follows a workflow through all its runs; see `watchWorkflow`. */
  workflow(workflowRunId: string, after?: string): Feed<WorkflowFeedItem> {
    return this.#follow((signals) =>
      watchWorkflow(this.#deps, { workflowRunId, ...(after !== undefined && { after }), ...signals }),
    );
  }

  /** Follows the list of runs; see `watchRunList`. */
  list(filter: RunFilter, after?: number): Feed<RunListFeedItem> {
    return this.#follow((signals) =>
      watchRunList(this.#deps, { filter, ...(after !== undefined && { after }), ...signals }),
    );
  }

  /**
   * Lets every feed tell what is stored by now, then ends it with `SERVER_STOPPING`, as long as it is not over.
   *
   * @param deadlineMs how long subscribers may take to read it
   */
  async stop(deadlineMs: number): Promise<void> {
    this.#deps.hub.refresh();
    this.#ending.abort();
    const deadline = new AbortController();
    await Promise.race([Promise.all(this.#open), wait(deadlineMs, deadline.signal).catch(() => {})]);
    deadline.abort();
    this.#closed.abort();
  }

  #follow<Item>(start: (signals: FeedSignals) => AsyncGenerator<Item, void>): Feed<Item> {
    const ending = this.#ending.signal;
    if (ending.aborted) throw serverStopping();
    const feed = endable((signal) => start({ signal, ending }), this.#closed.signal);
    this.#open.add(feed.over);
    void feed.over.then(() => this.#open.delete(feed.over));
    return feed;
  }
}
