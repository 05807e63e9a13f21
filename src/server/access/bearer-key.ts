/** The API key in an `Authorization` header (RFC 6750, section 2.1); undefined when there is none. */
export function keyFromHeader(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/**
 * The API key of a WebSocket: from the parameters its client sends first, as `authorization: "Bearer <key>"` or as
 * `apiKey`, else from the header of the upgrade request.
 */
export function keyFromConnection(
  parameters: Readonly<Record<string, unknown>> | undefined,
  authorization: string | undefined,
): string | undefined {
  const given = Object.entries(parameters ?? {});
  for (const [name, value] of given) {
    if (typeof value !== 'string') continue;
    if (name.toLowerCase() === 'authorization') return keyFromHeader(value);
    if (name === 'apiKey') return value;
  }
  return keyFromHeader(authorization);
}
