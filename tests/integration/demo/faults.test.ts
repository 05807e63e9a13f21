import { afterEach, describe, expect, it } from 'vitest';
import { type DemoClient, startDemo } from './demo-client.ts';

let demo: DemoClient;
afterEach(() => demo.close());

const setFaults = (body: object) => demo.call('POST', '/demo/faults', body);

describe('faults', () => {
  it('answers with a status and Retry-After as often as told, to matching requests only', async () => {
    demo = await startDemo();
    await setFaults({
      rules: [{ match: '^/Users', kind: 'status', status: 503, retryAfterSeconds: 7, after: 1, times: 2 }],
    });
    const status = async (path: string) => (await demo.get(path)).status;
    expect(await status('/Users')).toBe(200);
    expect(await status('/System/Info')).toBe(200);
    const refused = await demo.get('/Users');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await status('/Users')).toBe(503);
    expect(await status('/Users')).toBe(200);
  });

  it('limits the rate until the faults are taken back', async () => {
    demo = await startDemo({ faults: { rules: [{ kind: 'rate-limit' }] } });
    const limited = await demo.get('/System/Info/Public');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await setFaults({})).status).toBe(204);
    expect((await demo.get('/System/Info/Public')).status).toBe(200);
  });

  it('sends something that is not JSON', async () => {
    demo = await startDemo({ faults: { rules: [{ match: 'Public', kind: 'garbage', times: 1 }] } });
    const response = await fetch(`${demo.url}/System/Info/Public`);
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  it('lists nothing where there is something', async () => {
    demo = await startDemo({
      faults: { rules: [{ match: 'IncludeItemTypes=Series', kind: 'empty', times: 1 }] },
    });
    const list = '/Items?IncludeItemTypes=Series&Recursive=true';
    expect(await demo.page(list)).toMatchObject({ Items: [], TotalRecordCount: 0 });
    expect((await demo.page(list)).Items).not.toEqual([]);
  });

  it('hangs up in the middle of an answer', async () => {
    demo = await startDemo({ faults: { rules: [{ match: 'Public', kind: 'cut' }] } });
    const response = await fetch(`${demo.url}/System/Info/Public`);
    await expect(response.text()).rejects.toThrow();
  });

  it('never answers, and counts the request as under way until the caller gives up', async () => {
    demo = await startDemo({ faults: { rules: [{ match: 'Public', kind: 'timeout' }] } });
    const giveUp = new AbortController();
    const hanging = fetch(`${demo.url}/System/Info/Public`, { signal: giveUp.signal });
    hanging.catch(() => {});
    const inFlight = async () => (await demo.get('/demo/requests')).body;
    await expect.poll(inFlight).toMatchObject({ inFlight: 1 });
    giveUp.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await expect.poll(inFlight).toMatchObject({ inFlight: 0, requests: [{ status: null }] });
  });

  it('moves pages against their list, so that an item repeats or is skipped', async () => {
    demo = await startDemo();
    const list = '/Items?IncludeItemTypes=Episode&Recursive=true&SortBy=SortName&Limit=3';
    const ids = async (start: number) =>
      (await demo.page(`${list}&StartIndex=${start}`)).Items.map((item) => item.Id);
    const [first, second] = [await ids(0), await ids(3)];
    await setFaults({ rules: [{ match: 'StartIndex=3', kind: 'page-shift', shift: 1 }] });
    expect(await ids(3)).toEqual([first[2], second[0], second[1]]);
    await setFaults({ rules: [{ match: 'StartIndex=3', kind: 'page-shift', shift: -1 }] });
    expect((await ids(3)).slice(0, 2)).toEqual([second[1], second[2]]);
  });

  it('refuses a rule that it does not understand and keeps those in force', async () => {
    demo = await startDemo({ faults: { rules: [{ match: 'Public', kind: 'status', status: 500 }] } });
    expect((await setFaults({ rules: [{ kind: 'earthquake' }] })).status).toBe(400);
    expect((await setFaults({ rules: [{ kind: 'cut', match: '(' }] })).status).toBe(400);
    expect((await demo.get('/System/Info/Public')).status).toBe(500);
  });
});

describe('the list of requests', () => {
  it('counts requests and the most at a time, by pattern and without keys, and can be emptied', async () => {
    demo = await startDemo({ faults: { latencyMs: 50 } });
    await Promise.all([
      demo.get('/Users'),
      demo.get('/System/Info'),
      demo.get(`/System/Info?ApiKey=${demo.apiKey}`),
    ]);
    const all = await demo.get('/demo/requests');
    expect(all.body).toMatchObject({ total: 3, count: 3, inFlight: 0, maxInFlight: 3 });
    expect(all.text).not.toContain(demo.apiKey);
    const some = await demo.get(`/demo/requests?match=${encodeURIComponent('^GET /Users')}`);
    expect(some.body).toMatchObject({ total: 3, count: 1, requests: [{ path: '/Users', status: 200 }] });
    await demo.call('DELETE', '/demo/requests');
    expect((await demo.get('/demo/requests')).body).toMatchObject({ total: 0, count: 0, maxInFlight: 0 });
  });
});
