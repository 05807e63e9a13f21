/** Waits until the save before is done, then starts this one and returns while it runs. */
export type SaveBehind = (save: () => Promise<void>) => Promise<void>;

/**
 * Runs `read`, whose saves run one at a time behind its back: while the database stores a page, the next one is already
 * parsed. No save runs any more once this settles.
 *
 * @throws what `read` throws; what a save throws, at the next save or at the end
 */
export async function savingBehind(read: (saveBehind: SaveBehind) => Promise<void>): Promise<void> {
  let running: Promise<void> = Promise.resolve();
  try {
    await read(async (save) => {
      await running;
      running = save();
      // It may fail while the next page is awaited: it is looked at only then.
      running.catch(() => {});
    });
  } finally {
    await running;
  }
}
