import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be cut: `cut()` breaks all connections, new ones go through again. */
export interface CuttableProxy {
  readonly url: string;
  cut(): void;
  /** Cuts, and lets nothing through until `unblock()`: a server that is down. */
  block(): void;
  unblock(): void;
  /** Keeps connections open and takes new ones, but passes nothing on: a server that hangs. */
  silence(): void;
  close(): Promise<void>;
}

/** Opens such a way to the server at `target` on a free port, or on `listenOn`. */
export async function openCuttableProxy(target: string, listenOn = 0): Promise<CuttableProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isBlocked = false;
  let isSilent = false;
  const server = createServer((incoming) => {
    if (isBlocked) {
      incoming.destroy();
      return;
    }
    if (isSilent) {
      sockets.add(incoming);
      incoming.on('error', () => {});
      return;
    }
    const outgoing = connect(Number(port), hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  });
  server.listen(listenOn, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    cut,
    block: () => {
      isBlocked = true;
      cut();
    },
    unblock: () => {
      isBlocked = false;
    },
    silence: () => {
      isSilent = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
