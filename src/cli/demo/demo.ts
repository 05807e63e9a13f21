import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readConfig } from '../../platform/config.ts';
import { ShowrunnerError } from '../../platform/errors.ts';
import { createLifecycle, stopOnSignals } from '../../platform/lifecycle.ts';
import { createLogger } from '../../platform/log.ts';
import { startShowrunner } from '../../server/start-showrunner.ts';
import { startDemoMediaServer } from './demo-media-server.ts';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';
import { FOLLOW, PICKS, START } from './operations.ts';
import { reportPicks, reportTree } from './report.ts';
import { WorkflowView } from './workflow-view.ts';

/** How the demo is run. */
export interface DemoOptions {
  /** End when everything was shown, instead of serving on. */
  readonly once: boolean;
  /** Show the library trees shorter. */
  readonly quiet: boolean;
}

const SHOWN_USERS = 3;
const KEY_LIFETIME_MS = 60 * 60_000;

/**
 * Shows the whole product on an invented household: a media server, a first set-up followed live through the public
 * API, picks, libraries. Its data stay in a folder of their own, so that a second start finds them.
 */
export async function demo(options: DemoOptions): Promise<void> {
  const startedAt = performance.now();
  const base = readConfig();
  const dataFolder = join(base.dataFolder, 'demo');
  const log = createLogger(process.stdout.isTTY ? 'error' : 'warn');
  const lifecycle = createLifecycle(log);
  stopOnSignals(lifecycle, log);
  try {
    await mkdir(dataFolder, { recursive: true });
    const media = await startDemoMediaServer([
      '--state',
      join(dataFolder, 'media-server.json'),
      '--media',
      join(dataFolder, 'media'),
    ]);
    lifecycle.onStop('the demo media server', () => media.stop());
    const config = demoConfig(base, dataFolder, media, options.once);
    const showrunner = await startShowrunner({ config, log, lifecycle });
    console.log(`\nShowrunner demo: an invented household on ${media.url}, Showrunner on ${showrunner.url}`);
    if (showrunner.adminKey) console.log(`Admin key, shown this once: ${showrunner.adminKey}`);

    const { key, row } = await showrunner.apiKeys.create({
      name: 'demo view',
      role: 'OPERATOR',
      expiresAt: new Date(Date.now() + KEY_LIFETIME_MS),
    });
    const client = createGraphqlClient(showrunner.url, key);
    await firstSetup(client);
    await report(client, options);
    await client.close();
    await showrunner.apiKeys.revoke(row.id);

    console.log(`\nFrom start to picks in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
    console.log(`\n  Live page  ${showrunner.url}/\n  GraphiQL   ${showrunner.url}/graphql`);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
  if (!options.once) {
    console.log('\nServing until Ctrl+C.');
    return;
  }
  const failures = await lifecycle.stop();
  process.exit(failures.length > 0 ? 1 : 0);
}

function demoConfig(
  base: Config,
  dataFolder: string,
  media: { url: string; apiKey: string },
  once: boolean,
): Config {
  return {
    ...base,
    dataFolder,
    mediaServer: { url: media.url, apiKey: media.apiKey, type: 'auto' },
    newUsersEnabled: true,
    libraries: { ...base.libraries, folder: join(dataFolder, 'libraries') },
    server: { ...base.server, ...(once && { port: 0 }) },
  };
}

async function firstSetup(client: GraphqlClient): Promise<void> {
  const started = await client.request(START);
  const view = new WorkflowView(process.stdout);
  console.log('\nFirst set-up\n');
  for await (const { workflowRunEvents } of client.subscribe(FOLLOW, { id: started.runWorkflow.workflow.id }))
    view.show(workflowRunEvents, Date.now());
  if (view.state === 'SUCCEEDED' || view.state === 'PARTIAL') return;
  throw new ShowrunnerError('CONFLICT', `The first set-up ended ${view.state}.`, {
    remedy: 'The lines above tell which job failed and why.',
  });
}

async function report(client: GraphqlClient, options: DemoOptions): Promise<void> {
  const { users } = await client.request(PICKS);
  const shown = users.nodes.filter((user) => user.recommendations !== null).slice(0, SHOWN_USERS);
  for (const user of shown) reportPicks(user, console.log);
  const [first] = shown;
  if (first?.library) await reportTree(first.name, first.library.path, options.quiet ? 6 : 14, console.log);
}
