import type { ViewerTaste } from './audience.ts';
import type { ScorableTitle } from './content-vectors.ts';
import type { PickTask } from './pick-batch.ts';
import type { Sharing } from './scoring-model.ts';

/** What a pick thread is told: what it scores with, in parts that are small enough not to hold the sender up, then its tasks. */
export type PickThreadMessage =
  | { readonly kind: 'titles'; readonly titles: readonly ScorableTitle[] }
  | { readonly kind: 'tastes'; readonly tastes: readonly (readonly [userId: number, taste: ViewerTaste])[] }
  /** Everything was sent. */
  | { readonly kind: 'ready'; readonly sharing: Sharing }
  /** One of a batch; the thread begins with the last one. */
  | { readonly kind: 'task'; readonly task: PickTask; readonly isLast: boolean };
