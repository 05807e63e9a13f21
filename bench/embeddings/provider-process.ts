import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Taken = z.object({ ownMs: z.number(), calls: z.number() });

/** A running provider. */
export interface ProviderProcess {
  readonly url: string;
  /** What it took for itself since it was last asked, over all calls, in ms. */
  taken(): Promise<z.infer<typeof Taken>>;
  stop(): void;
}

/** Starts the provider of `provider.ts` in a process of its own. */
export async function startProvider(settings: Readonly<Record<string, unknown>>): Promise<ProviderProcess> {
  const child = fork(fileURLToPath(new URL('provider.ts', import.meta.url)), [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx'],
  });
  const [url] = z
    .tuple([z.string()])
    .rest(z.unknown())
    .parse(await once(child, 'message'));
  return {
    url,
    taken: async () => Taken.parse(await (await fetch(`${url}/taken`)).json()),
    stop: () => child.kill(),
  };
}
