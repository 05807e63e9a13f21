import type { Embedder } from '../embeddings/embedder.ts';
import type { MetadataSettings } from '../enrichment/metadata-source.ts';
import type { LibrarySettings } from '../library-writer/library-settings.ts';
import type { OutputMode } from '../library-writer/output-mode.ts';
import type { MediaServer } from '../media-server/media-server.ts';
import type { Explainer } from '../recommendations/explainer.ts';
import type { SelectionSettings } from '../recommendations/selection-settings.ts';
import type { SeriesStateThresholds } from '../watch/series-state.ts';

/** What job definitions hand to their verbs beside the run's context. */
export interface JobServices {
  /** @throws ShowrunnerError `BAD_CONFIGURATION` when no media server is configured */
  mediaServer(): MediaServer;
  readonly embedder: Embedder;
  /** The public catalogs to ask. */
  readonly metadata: MetadataSettings;
  /** The language model that words explanations; left out where the template does. */
  readonly explainer?: Explainer | undefined;
  /** A mode of null means the one that fits the media server. */
  readonly libraries: Omit<LibrarySettings, 'mode'> & { readonly mode: OutputMode | null };
  /** When a series counts as watched or given up. */
  readonly seriesStates: SeriesStateThresholds;
  /** How picks are chosen. */
  readonly recommendations: SelectionSettings;
  /** Worker threads that picks are made in at most; one less than the machine runs at once when left out. */
  readonly pickThreads?: number | undefined;
  /** Whether users seen for the first time get recommendations at once. */
  readonly newUsers: 'enabled' | 'disabled';
}
