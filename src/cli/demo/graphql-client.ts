import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';

const result = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** A GraphQL operation and the shape of its data. */
export interface Operation<Data> {
  readonly query: string;
  readonly data: z.ZodType<Data>;
}

/** A client of the public API: queries and mutations over HTTP, subscriptions over WebSocket. */
export interface GraphqlClient {
  request<Data>(operation: Operation<Data>, variables?: Record<string, unknown>): Promise<Data>;
  subscribe<Data>(operation: Operation<Data>, variables?: Record<string, unknown>): AsyncIterable<Data>;
  close(): Promise<void>;
}

/** Connects to the API at `url` (without its path) with an API key. */
export function createGraphqlClient(url: string, key: string): GraphqlClient {
  const endpoint = `${url}/graphql`;
  const authorization = `Bearer ${key}`;
  const socket = createClient({
    url: endpoint.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
  });
  return {
    request: async (operation, variables = {}) => {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: operation.query, variables }),
      });
      return dataOf(operation, await response.json());
    },
    subscribe: async function* (operation, variables = {}) {
      for await (const item of socket.iterate({ query: operation.query, variables }))
        yield dataOf(operation, item);
    },
    close: async () => socket.dispose(),
  };
}

function dataOf<Data>(operation: Operation<Data>, answer: unknown): Data {
  const { data, errors } = result.parse(answer);
  if (errors?.[0]) throw new Error(`The API answered: ${errors[0].message}`);
  return operation.data.parse(data);
}
