/** Close codes of graphql-transport-ws after which trying again cannot help. */
const REFUSED = [4401, 4403];
const PING_MS = 10_000;
const MOST_WAIT_MS = 8_000;

/**
 * A client of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) on one WebSocket.
 * It reconnects by itself and subscribes again with the variables of that moment, so that a subscription which keeps its
 * cursor in them goes on where it was.
 *
 * @param {{ url: string, key: string, onState: (state: 'connecting' | 'live' | 'waiting') => void,
 *   onRefused: () => void }} options
 */
export function createSocket({ url, key, onState, onRefused }) {
  const subscriptions = new Map();
  let socket = null;
  let isLive = false;
  let isClosed = false;
  let attempts = 0;
  let retryTimer;
  let pingTimer;
  let lastHeard = 0;
  let nextId = 1;

  function connect() {
    clearTimeout(retryTimer);
    if (isClosed || socket) return;
    onState(attempts === 0 ? 'connecting' : 'waiting');
    const opened = new WebSocket(url, 'graphql-transport-ws');
    socket = opened;
    opened.onopen = () => send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
    opened.onmessage = ({ data }) => {
      if (socket === opened) receive(JSON.parse(data));
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) lost(code);
    };
  }

  function lost(code) {
    const abandoned = socket;
    socket = null;
    isLive = false;
    clearInterval(pingTimer);
    abandoned?.close();
    if (isClosed) return;
    if (REFUSED.includes(code)) {
      close();
      onRefused();
      return;
    }
    attempts += 1;
    onState('waiting');
    const wait = Math.min(MOST_WAIT_MS, 250 * 2 ** Math.min(attempts, 6));
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
  }

  function receive(message) {
    lastHeard = Date.now();
    if (message.type === 'connection_ack') return begin();
    if (message.type === 'ping') return send({ type: 'pong' });
    const subscription = subscriptions.get(message.id);
    if (!subscription) return undefined;
    if (message.type === 'next') return next(subscription, message.payload);
    if (message.type === 'error') return end(message.id, message.payload);
    if (message.type === 'complete') completed(message.id, subscription);
    return undefined;
  }

  function begin() {
    isLive = true;
    attempts = 0;
    onState('live');
    pingTimer = setInterval(ping, PING_MS);
    for (const [id, subscription] of subscriptions) start(id, subscription);
  }

  /** A dead line says nothing, not even that it is dead. */
  function ping() {
    if (Date.now() - lastHeard > 2.5 * PING_MS) lost(0);
    else send({ type: 'ping' });
  }

  function next({ sink }, { data, errors }) {
    if (errors) sink.failed(errors[0]);
    if (data) sink.next(data);
  }

  function end(id, [error]) {
    const { sink } = subscriptions.get(id);
    subscriptions.delete(id);
    sink.failed(error);
  }

  /** What the server says is complete, but is not over for its owner, is asked for again. */
  function completed(id, subscription) {
    if (subscription.sink.isOver()) subscriptions.delete(id);
    else subscription.timer = setTimeout(() => isLive && start(id, subscription), 1_000);
  }

  function start(id, { query, sink }) {
    send({ id, type: 'subscribe', payload: { query, variables: sink.variables() } });
  }

  function send(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function reconnectNow() {
    attempts = Math.max(attempts, 1);
    if (!isClosed && !socket) connect();
  }

  function offline() {
    if (socket) lost(0);
  }

  function close() {
    isClosed = true;
    clearTimeout(retryTimer);
    clearInterval(pingTimer);
    window.removeEventListener('online', reconnectNow);
    window.removeEventListener('offline', offline);
    socket?.close(1000);
  }

  window.addEventListener('online', reconnectNow);
  window.addEventListener('offline', offline);
  connect();

  return {
    /**
     * @param {string} query
     * @param {{ variables: () => Record<string, unknown>, next: (data: unknown) => void,
     *   failed: (error: { message: string }) => void, isOver: () => boolean }} sink
     * @returns {() => void} ends the subscription
     */
    subscribe(query, sink) {
      const id = String(nextId++);
      const subscription = { query, sink, timer: undefined };
      subscriptions.set(id, subscription);
      if (isLive) start(id, subscription);
      return () => {
        clearTimeout(subscription.timer);
        if (subscriptions.delete(id)) send({ id, type: 'complete' });
      };
    },
    close,
  };
}
