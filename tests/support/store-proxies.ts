import { type CuttableProxy, openCuttableProxy } from './cuttable-proxy.ts';

/** The same stores, each behind a way that can be cut. */
export interface StoreProxies {
  readonly settings: Record<string, string>;
  /** The way to PostgreSQL, and the one to MongoDB; undefined where that store is not used. */
  readonly postgres: CuttableProxy | undefined;
  readonly mongo: CuttableProxy | undefined;
  close(): Promise<void>;
}

/** Puts a proxy in front of every store that `settings` names. */
export async function proxyStores(settings: Record<string, string>): Promise<StoreProxies> {
  const behind = async (url: string | undefined) => (url ? openCuttableProxy(url) : undefined);
  const { DATABASE_URL, MONGODB_URI, ...others } = settings;
  const [postgres, mongo] = await Promise.all([behind(DATABASE_URL), behind(MONGODB_URI)]);
  return {
    settings: {
      ...others,
      ...(DATABASE_URL && postgres && { DATABASE_URL: through(DATABASE_URL, postgres) }),
      ...(MONGODB_URI && mongo && { MONGODB_URI: through(MONGODB_URI, mongo) }),
    },
    postgres,
    mongo,
    close: async () => {
      await Promise.all([postgres?.close(), mongo?.close()]);
    },
  };
}

function through(store: string, proxy: CuttableProxy): string {
  const url = new URL(store);
  url.host = new URL(proxy.url).host;
  return url.href;
}
