/**
 * The JSON in a webhook's body: sent as such (Jellyfin's plugin does so under whatever content type its destination is
 * given, `text/plain` by default), or as the form field `data` (Emby, where multipart form data is turned on).
 *
 * @returns undefined when there is none
 */
export function jsonInWebhook(body: string, contentType: string): unknown {
  if (/^multipart\/form-data/i.test(contentType)) {
    const boundary = /boundary="?([^";]{1,70})"?/i.exec(contentType)?.[1];
    return boundary === undefined ? undefined : parse(fieldOf(body, boundary));
  }
  if (/^application\/x-www-form-urlencoded/i.test(contentType))
    return parse(new URLSearchParams(body).get('data') ?? undefined);
  return parse(body);
}

function fieldOf(body: string, boundary: string): string | undefined {
  for (const part of body.split(`--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n');
    if (end === -1 || !/[; ]name="?data"?(?:[;\r\n]|$)/i.test(part.slice(0, end))) continue;
    return part.slice(end + 4).replace(/\r\n$/, '');
  }
  return undefined;
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch {
    return undefined;
  }
}
