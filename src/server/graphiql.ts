import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createPage, type Page } from './page.ts';

/** GraphiQL brings scripts, styles and workers within its page, and needs no other host. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; " +
  "img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const WELCOME = `# 1. Put your API key into "Headers" below.
# 2. Load the schema with the two arrows, lower left.
# 3. Run this.
query Welcome {
  __typename
}
`;

/**
 * The GraphiQL page, compressed, made at the first call: it weighs 9 MB, which a server nobody explores need not hold.
 * The page holds no data and needs no key; what it asks for does, so its header editor comes with the right header.
 * Subscriptions go over SSE, where this build sends the headers of its editor; over WebSocket it does not send them.
 */
export function createGraphiql(): () => Promise<Page> {
  let page: Promise<Page> | undefined;
  return () => {
    page ??= render();
    return page;
  };
}

async function render(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Showrunner',
    endpoint: '/graphql',
    subscriptionsProtocol: 'SSE',
    defaultQuery: WELCOME,
    headers: JSON.stringify({ Authorization: 'Bearer ' }, null, 2),
    shouldPersistHeaders: false,
  });
  return createPage({
    body: await promisify(gzip)(html.trimStart()),
    contentType: 'text/html; charset=utf-8',
    contentEncoding: 'gzip',
    policy: POLICY,
  });
}
