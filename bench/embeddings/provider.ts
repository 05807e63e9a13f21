import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** An embedding provider of OpenAI's shape in a process of its own, of which it is known how long it takes. */

const Settings = z.object({
  dimensions: z.number(),
  /** Of each call, in ms. */
  latencyMs: z.number(),
  /** Of each call; a call takes its latency and its tokens at this rate. */
  tokensPerSecond: z.number(),
  /** Answers numbers even where bytes are asked for, as some endpoints do. */
  numbers: z.boolean(),
});
const Body = z.object({ input: z.array(z.string()) });
const VECTORS = 64;
const CHARACTERS_PER_TOKEN = 4;

const settings = Settings.parse(JSON.parse(process.argv[2] ?? ''));
const embeddings = Array.from({ length: VECTORS }, (_, vector) => {
  const numbers = Float32Array.from(
    { length: settings.dimensions },
    (_number, index) => Math.sin(vector * 7.3 + index * 12.9898) / Math.sqrt(settings.dimensions / 2),
  );
  return settings.numbers
    ? JSON.stringify(Array.from(numbers))
    : JSON.stringify(Buffer.from(numbers.buffer).toString('base64'));
});
/** What it took for itself since it was last asked, over all calls. */
let ownMs = 0;
let calls = 0;

const server = createServer(async (request, response) => {
  if (request.url === '/taken') {
    response.end(JSON.stringify({ ownMs, calls }));
    ownMs = 0;
    calls = 0;
    return;
  }
  const begun = performance.now();
  const { input } = Body.parse(await json(request));
  const tokens = Math.ceil(input.reduce((sum, text) => sum + text.length, 0) / CHARACTERS_PER_TOKEN);
  const data = input.map(
    (_text, index) => `{"object":"embedding","index":${index},"embedding":${embeddings[index % VECTORS]}}`,
  );
  const body = `{"object":"list","data":[${data.join(',')}],"usage":{"prompt_tokens":${tokens},"total_tokens":${tokens}}}`;
  const takes = settings.latencyMs + (tokens / settings.tokensPerSecond) * 1000;
  await sleep(Math.max(0, takes - (performance.now() - begun)));
  ownMs += takes;
  calls += 1;
  response.setHeader('content-type', 'application/json');
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.send?.(`http://127.0.0.1:${address.port}`);
});
