import { describe, expect, it } from 'vitest';
import { openPostgresDatabase } from '../../../src/platform/postgres-database.ts';
import { openCuttableProxy } from '../../support/cuttable-proxy.ts';
import { createTestDatabase } from '../../support/database.ts';
import { collect, startEngine } from '../../support/engine.ts';
import { chatter, seqs, storedEvents, trigger } from '../../support/runs.ts';

describe.skipIf(!process.env.DATABASE_URL)('feeds of a process that loses its database', () => {
  it('go on where they were once it is back', async () => {
    const db = await createTestDatabase();
    const { url } = db;
    if (!url) throw new Error('This database has no address.');
    const proxy = await openCuttableProxy(url);
    const far = await openPostgresDatabase({
      url: Object.assign(new URL(url), { host: new URL(proxy.url).host }).href,
      max: 3,
    });
    const worker = await startEngine(db, [chatter]);
    const server = await startEngine({ ...db, ...far }, [chatter], {
      isWorker: false,
      subscriptionHeartbeatMs: 100,
    });
    const { run } = await worker.runJob({ job: 'chatter', params: { lines: 300 }, trigger });
    const list = server.runListFeed();
    const states: string[] = [];
    const listed = (async () => {
      for await (const item of list) {
        if (item.kind === 'updated') states.push(item.run.state);
        if (states.at(-1) === 'PARTIAL') return;
      }
    })();

    const held: number[] = [];
    let isDown = false;
    for await (const item of server.runFeed(run.id)) {
      if (item.kind === 'event') held.push(item.event.seq);
      if (held.length !== 20 || isDown) continue;
      isDown = true;
      proxy.block();
      void collect(worker.runFeed(run.id)).then(() => proxy.unblock());
    }
    expect(held).toEqual((await storedEvents(db, run.id)).map(({ seq }) => seq));
    expect(held).toEqual(seqs(await collect(worker.runFeed(run.id))));
    await listed;

    await server.stop(0);
    await worker.stop(0);
    await far.close();
    await proxy.close();
    await db.close();
  });
});
