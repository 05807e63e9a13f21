import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from '../platform/log.ts';

/** What the protocol's hooks know of a connection. */
export interface Upgraded {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** Unsent bytes of a connection above which nothing more is read from it. */
const MOST_UNSENT = 1_000_000;

/**
 * Joins an open WebSocket to the graphql-transport-ws protocol. A message counts as sent when it has left the process,
 * so that a subscription goes as fast as its client reads. A client that answers no ping within `keepAliveMs` is cut
 * off. Unlike the adapter that comes with graphql-ws, it reports to our log, and takes a vanished client for normal.
 */
export function serveConnection(
  protocol: Server<Upgraded>,
  upgraded: Upgraded,
  keepAliveMs: number,
  log: Logger,
): void {
  const { socket, request } = upgraded;
  const isOpen = () => socket.readyState === socket.OPEN;
  const failed = (error: unknown) => {
    if (!isOpen()) return;
    log.error({ err: error }, 'a WebSocket message could not be handled');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };

  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (message) => sendMessage(socket, message),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data) => void handle(String(data)).catch(failed));
      },
    },
    upgraded,
  );

  socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
  pauseWhileUnsent(socket, request);
  const stopPings = keepAlive(socket, keepAliveMs);
  socket.once('close', (code, reason) => {
    stopPings();
    closed(code, String(reason)).catch((error: unknown) => {
      log.error({ err: error }, 'a WebSocket did not clean up');
    });
  });
}

/** Sends a message; resolves when it has left the process, rejects when the connection is gone. */
export function sendMessage(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return reject(new Error('The WebSocket is closed.'));
    socket.send(message, (error) => (error ? reject(error) : resolve()));
  });
}

/** Pings the client at an interval and cuts it off when it has not answered the last ping by the next one. */
function keepAlive(socket: WebSocket, intervalMs: number): () => void {
  let hasAnswered = true;
  socket.on('pong', () => {
    hasAnswered = true;
  });
  const timer = setInterval(() => {
    if (!hasAnswered) return socket.terminate();
    hasAnswered = false;
    socket.ping();
  }, intervalMs);
  return () => clearInterval(timer);
}

/** Answers (pongs, errors) to a client that sends without reading would pile up: stop reading it until it reads. */
function pauseWhileUnsent(socket: WebSocket, request: IncomingMessage): void {
  const check = () => {
    if (socket.bufferedAmount <= MOST_UNSENT || socket.isPaused) return;
    socket.pause();
    request.socket.once('drain', () => socket.resume());
  };
  socket.on('message', check);
  socket.on('ping', check);
}
