/** The yardstick: a bare `ws` server that sends each frame to everybody in one loop, and does nothing else. */
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { monotonicMs } from './statistics.ts';

const Order = z.object({ frame: z.string(), lines: z.number(), everyMs: z.number() });

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) =>
  socket.on('message', (data) =>
    socket.send(
      data.toString().includes('connection_init') ? '{"type":"connection_ack"}' : '"JobRunSnapshot"',
    ),
  ),
);
server.once('listening', () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address?.port}` });
});
process.on('SIGTERM', () => process.exit(0));

process.on('message', async (message) => {
  const { frame, lines, everyMs } = Order.parse(message);
  process.send?.({});
  for (let line = 0; line < lines; line += 1) {
    await wait(everyMs);
    const text = frame.replace(/"message":"[\d.]+ /, `"message":"${monotonicMs()} `);
    for (const socket of server.clients) socket.send(text);
  }
});
