/** What went wrong with a request: refused, failed, or never arrived. */
export class ApiError extends Error {
  /** @param {{ code: string, message: string, remedy?: string | null }} failure */
  constructor({ code, message, remedy }) {
    super(message);
    this.code = code;
    this.remedy = remedy ?? null;
  }
}

/**
 * A client for queries and mutations.
 *
 * @param {{ url: string, key: string | null, onRefused: () => void }} options `onRefused` is told when the key is not valid
 */
export function createApi({ url, key, onRefused }) {
  async function request(query, variables = {}) {
    const response = await send(query, variables);
    const answer = await response.json().catch(() => ({}));
    if (response.status === 401) onRefused();
    const [error] = answer.errors ?? [];
    if (error) throw new ApiError(toFailure(error));
    if (!answer.data)
      throw new ApiError({ code: 'HTTP', message: `The server answered with status ${response.status}.` });
    return answer.data;
  }

  const send = (query, variables) =>
    reach(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        ...(key && { authorization: `Bearer ${key}` }),
        'content-type': 'application/json',
      },
      body: JSON.stringify({ query, variables }),
    });

  async function reach(address, options) {
    try {
      return await fetch(address, options);
    } catch {
      throw new ApiError({
        code: 'UNREACHABLE',
        message: 'The server cannot be reached.',
        remedy: 'Check that it runs and that this device is online, then try again.',
      });
    }
  }

  return {
    /** The data of a query. Throws ApiError. */
    query: request,
    /** A picture, by its path on the server. Throws ApiError. */
    async picture(path) {
      const response = await reach(new URL(path, new URL(url, location.href)), {
        headers: { authorization: `Bearer ${key}` },
      });
      if (response.ok) return response.blob();
      throw new ApiError({ code: 'HTTP', message: `The server answered with status ${response.status}.` });
    },
    /** The payload of a mutation with one root field. Throws ApiError, also for a failure among the union's members. */
    async mutate(document, variables) {
      const [payload] = Object.values(await request(document, variables));
      if (payload.code && payload.message) throw new ApiError(payload);
      return payload;
    },
  };
}

function toFailure({ message, extensions }) {
  return { code: extensions?.code ?? 'FAILED', message, remedy: extensions?.remedy };
}
