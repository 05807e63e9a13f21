import { afterEach, describe, expect, it } from 'vitest';
import { createMediaServer } from '../../../src/media-server/connect.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { type Answer, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

let server: ScriptedServer;
afterEach(() => server.close());

async function signIn(dialect: 'jellyfin' | 'emby', answer: Answer) {
  server = await startScriptedServer(({ path }) =>
    path === '/Users/AuthenticateByName' ? answer : { status: 204 },
  );
  const media = createMediaServer({
    url: server.url,
    apiKey: 'the-key-of-showrunner',
    dialect,
    log: createLogger('silent'),
    random: Math.random,
    now: () => new Date(),
    http: { backoffMs: 1 },
  });
  return media.signIn({ name: 'Ada', password: 'secret', signal: new AbortController().signal });
}

const TAKEN = { User: { Id: 'u1', Name: 'ada', Policy: { IsDisabled: true } }, AccessToken: 'the-token' };

describe.each(['jellyfin', 'emby'] as const)('signing in to %s', (dialect) => {
  it('sends the password without our key, and ends the session that it made', async () => {
    expect(await signIn(dialect, { json: TAKEN })).toEqual({ id: 'u1', name: 'ada', isDisabled: true });
    const [asked, left] = server.requests;
    expect(server.requests).toHaveLength(2);
    expect(asked).toMatchObject({ method: 'POST', body: { Username: 'Ada', Pw: 'secret' } });
    expect(JSON.stringify(asked?.headers)).toContain('DeviceId');
    expect(JSON.stringify(asked?.headers)).not.toContain('the-key-of-showrunner');
    expect(left).toMatchObject({ method: 'POST', path: '/Sessions/Logout' });
    expect(JSON.stringify(left?.headers)).toContain('the-token');
  });

  it.each([401, 403])('is refused by the status %d', async (status) => {
    expect(await signIn(dialect, { status })).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['fails', { status: 500 }, 'MEDIA_SERVER_'],
    ['answers with something else', { json: { AccessToken: 'x' } }, 'MEDIA_SERVER_BAD_ANSWER'],
    ['answers with no JSON', { text: '<html>' }, 'MEDIA_SERVER_BAD_ANSWER'],
  ])('is an error, without the password in it, when the server %s', async (_what, answer, code) => {
    const error: unknown = await signIn(dialect, answer).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expect.stringContaining(code) });
    expect(String(error)).not.toContain('secret');
    expect(server.requests).toHaveLength(1);
  });
});
