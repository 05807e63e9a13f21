/** A picture in memory. */
export interface CachedImage {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Pictures by key, as many as fit; the one that was not asked for longest goes first. */
export interface ImageCache {
  get(key: string): CachedImage | undefined;
  set(key: string, image: CachedImage): void;
}

/** An empty cache that holds at most `maxBytes` of pictures. */
export function createImageCache(maxBytes: number): ImageCache {
  const images = new Map<string, CachedImage>();
  let held = 0;
  const drop = (key: string) => {
    held -= images.get(key)?.bytes.length ?? 0;
    images.delete(key);
  };
  return {
    get: (key) => {
      const image = images.get(key);
      if (!image) return undefined;
      // A map keeps the order of insertion: what is put in again is the newest.
      images.delete(key);
      images.set(key, image);
      return image;
    },
    set: (key, image) => {
      drop(key);
      if (image.bytes.length > maxBytes) return;
      images.set(key, image);
      held += image.bytes.length;
      for (const oldest of images.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
