/** The clients' process: any number of WebSockets that speak graphql-transport-ws and note when each line arrives. */
import { WebSocket } from 'ws';
import { z } from 'zod';
import { monotonicMs } from './statistics.ts';

const Order = z.discriminatedUnion('order', [
  /** Opens `count` connections that subscribe; answers when each has its first item. */
  z.object({
    order: z.literal('subscribe'),
    url: z.string(),
    key: z.string(),
    count: z.number(),
    query: z.string(),
    variables: z.record(z.string(), z.unknown()),
    /** Whether they stop reading after their first item. */
    pause: z.boolean(),
  }),
  /** Waits until each has `lines` lines; answers with the delays. */
  z.object({ order: z.literal('collect'), lines: z.number() }),
  z.object({ order: z.literal('leave') }),
]);

/** A line of the benchmark's jobs begins with the time at which it was told. */
const TOLD_AT = /"message":"(\d+\.?\d*) /;

let sockets: WebSocket[] = [];
let delays: number[] = [];
let arrivals: number[] = [];
let sample = '';
let wake = () => {};

async function subscribe(order: Extract<z.infer<typeof Order>, { order: 'subscribe' }>): Promise<void> {
  delays = [];
  arrivals = [];
  const open = async () => {
    const socket = new WebSocket(order.url, 'graphql-transport-ws', { perMessageDeflate: false });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        const payload = { authorization: `Bearer ${order.key}` };
        socket.send(JSON.stringify({ type: 'connection_init', payload }));
      });
      socket.on('message', (data) => {
        const arrivedAt = monotonicMs();
        const text = data.toString();
        const toldAt = TOLD_AT.exec(text)?.[1];
        if (toldAt) {
          sample = text;
          delays.push(arrivedAt - Number(toldAt));
          arrivals.push(arrivedAt);
          wake();
        } else if (text.startsWith('{"type":"connection_ack"')) {
          const { query, variables } = order;
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
        } else if (text.includes('JobRunSnapshot')) {
          if (order.pause) socket.pause();
          resolve();
        } else if (text.includes('"errors"') || text.includes('"error"')) reject(new Error(text));
      });
    });
  };
  for (let begun = 0; begun < order.count; begun += 50)
    await Promise.all(Array.from({ length: Math.min(50, order.count - begun) }, open));
}

async function carryOut(order: z.infer<typeof Order>): Promise<Record<string, unknown>> {
  if (order.order === 'subscribe') {
    await subscribe(order);
    return {};
  }
  if (order.order === 'collect') {
    const wanted = order.lines * sockets.length;
    while (delays.length < wanted)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return { delays, sample, spanMs: (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0) };
  }
  for (const socket of sockets) socket.terminate();
  sockets = [];
  return {};
}

process.on('message', (message) => {
  void carryOut(Order.parse(message)).then((answer) => process.send?.(answer));
});
process.on('SIGTERM', () => process.exit(0));
process.send?.({});
