/** What the demo server reads from a `tvshow.nfo` or an episode's NFO; unknown is null or empty. */
export interface Nfo {
  readonly title: string | null;
  readonly plot: string | null;
  readonly year: number | null;
  /** `yyyy-mm-dd` */
  readonly premiered: string | null;
  readonly status: string | null;
  readonly rating: number | null;
  readonly officialRating: string | null;
  readonly genres: readonly string[];
  readonly studios: readonly string[];
  readonly tags: readonly string[];
  readonly runtimeSeconds: number | null;
  readonly season: number | null;
  readonly episode: number | null;
  readonly episodeEnd: number | null;
  /** Keys as the servers write them: `Tvdb`, `Tmdb`, `Imdb`. */
  readonly providerIds: Readonly<Record<string, string>>;
  /** `yyyy-MM-dd HH:mm:ss`, in the zone that the server assumes. */
  readonly dateAdded: string | null;
}

const ROOT = /<(tvshow|season|episodedetails)(?:\s[^>]*)?>([\s\S]*)<\/\1>\s*$/;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the tags that both servers know. An NFO that is not well-formed is ignored as a whole, as the servers do.
 *
 * @returns null when it is not an NFO of a series or episode
 */
export function parseNfo(text: string): Nfo | null {
  const root = ROOT.exec(text);
  const body = root?.[2];
  if (body === undefined || BARE_AMPERSAND.test(withoutCdata(text)) || hasForbidden(text)) return null;
  const tag = (name: string) => tags(body, name)[0] ?? null;
  const number = (name: string) => numberOrNull(tag(name));
  const premiered = tag('premiered') ?? tag('aired');
  const seconds = number('durationinseconds');
  const minutes = number('runtime');
  return {
    title: tag('title'),
    plot: tag('plot'),
    year: number('year'),
    premiered: premiered !== null && /^\d{4}-\d{2}-\d{2}$/.test(premiered) ? premiered : null,
    status: statusOf(tag('status')),
    rating: number('rating'),
    officialRating: tag('mpaa'),
    genres: tags(body, 'genre').flatMap((genre) => genre.split('/').map((part) => part.trim())),
    studios: tags(body, 'studio'),
    tags: tags(body, 'tag'),
    runtimeSeconds: seconds ?? (minutes === null ? null : minutes * 60),
    season: number('season'),
    episode: number('episode'),
    episodeEnd: number('episodenumberend'),
    providerIds: providerIds(body),
    dateAdded: tag('dateadded'),
  };
}

function withoutCdata(text: string): string {
  return text.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
}

/** XML knows no control characters but tab and line ends. */
function hasForbidden(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return true;
  }
  return false;
}

function providerIds(body: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [provider, key] of [
    ['tvdb', 'Tvdb'],
    ['tmdb', 'Tmdb'],
    ['imdb', 'Imdb'],
  ] as const) {
    const unique = new RegExp(`<uniqueid[^>]*\\btype="${provider}"[^>]*>([^<]+)</uniqueid>`, 'i').exec(
      body,
    )?.[1];
    const id = unique?.trim() || tags(body, `${provider}id`)[0];
    if (id) found[key] = unescapeXml(id);
  }
  return found;
}

function tags(body: string, name: string): string[] {
  const pattern = new RegExp(
    `<${name}(?:\\s[^>]*)?>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</${name}>`,
    'g',
  );
  return [...body.matchAll(pattern)]
    .map(([, data, text]) => (data ?? unescapeXml(text ?? '')).trim())
    .filter((value) => value !== '');
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? whole;
  });
}

function numberOrNull(text: string | null): number | null {
  if (text === null) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function statusOf(text: string | null): string | null {
  if (text === null) return null;
  const word = text.toLowerCase();
  if (word === 'ended' || word === 'canceled' || word === 'cancelled') return 'Ended';
  return word.startsWith('continuing') || word.startsWith('returning') ? 'Continuing' : null;
}
