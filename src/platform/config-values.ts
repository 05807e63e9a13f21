import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** Parsers of environment values: text in, typed value out. The message of a refusal is its remedy. */

/** A whole number within limits. */
export function wholeNumber(min: number, max: number) {
  const remedy = `Use a whole number from ${min} to ${max}.`;
  return z
    .string()
    .regex(/^\d{1,9}$/, remedy)
    .transform(Number)
    .refine((value) => value >= min && value <= max, remedy);
}

/** A number with up to six decimals within limits. */
export function decimal(min: number, max: number) {
  const remedy = `Use a number from ${min} to ${max}, such as 0.02.`;
  return z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, remedy)
    .transform(Number)
    .refine((value) => value >= min && value <= max, remedy);
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `Use one of ${words.join(', ')}.`);
}

/** A URL with one of the schemes; text is kept as given. */
export function urlOf(schemes: readonly string[]) {
  const remedy = `Use a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')} and names a host.`;
  return z.string().refine((text) => {
    const scheme = schemes.find((name) => text.toLowerCase().startsWith(`${name}://`));
    return scheme !== undefined && /^([^@/]*@)?[^/?@]/.test(text.slice(scheme.length + 3));
  }, remedy);
}

/** An http or https URL without user and password, without a slash at its end. */
export function httpUrl(remedyForCredentials: string) {
  const remedy = 'Use a URL such as http://192.168.1.10:8096.';
  return z
    .string()
    .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), { error: remedy, abort: true })
    .refine((text) => !hasCredentials(text), remedyForCredentials)
    .transform((text) => text.replace(/\/+$/, ''));
}

/** An IP address or a host name. */
export const host = z
  .string()
  .refine(
    (text) => isIP(text) > 0 || /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text),
    'Use an IP address or a host name, such as 127.0.0.1, ::1 or 0.0.0.0, without scheme and port.',
  );

/** A comma-separated list of web origins. */
export const origins = z
  .string()
  .transform((text) => split(text, ','))
  .refine(
    (list) => list.every(isOrigin),
    'Use a comma-separated list of origins such as https://tv.example.org, each without path; * is not accepted.',
  );

/** A time zone by its IANA name. */
export const timeZone = z.string().refine(isTimeZone, 'Use an IANA time zone such as Europe/Berlin or UTC.');

/** A path that is absolute on Unix or on Windows, because the media server may run on either. */
export const serverPath = z
  .string()
  .refine(isServerPath, 'Use an absolute path as the media server sees it, such as /media/showrunner.');

/** `server=>local` pairs of path prefixes, separated by semicolons. */
export const pathMap = z
  .string()
  .transform((text) =>
    split(text, ';').map((pair) => {
      const [server = '', local = '', ...more] = pair.split('=>').map((side) => side.trim());
      return { server, local, isWhole: more.length === 0 };
    }),
  )
  .refine(
    (pairs) => pairs.every((pair) => pair.isWhole && isServerPath(pair.server) && isAbsolute(pair.local)),
    'Use pairs of absolute paths such as /data/tv=>/mnt/tv;/data/anime=>/mnt/anime.',
  )
  .transform((pairs) => pairs.map(({ server, local }) => ({ server, local })));

/** A comma-separated list of a few words, or `none` for an empty one. */
export function someOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const remedy = `Use ${words.join(', ')}, several of them separated by commas, or none.`;
  return z
    .string()
    .transform((text) => (text.toLowerCase() === 'none' ? [] : split(text.toLowerCase(), ',')))
    .pipe(z.array(z.enum(words, remedy), remedy))
    .transform((list): Words[number][] => [...new Set(list)]);
}

/** A key that is long enough not to be guessed. */
export const chosenKey = z.string().regex(/^\S{24,512}$/, 'Use 24 to 512 characters without spaces.');

/** A secret that is part of an address. */
export const addressSecret = z
  .string()
  .regex(/^[\w-]{24,200}$/, 'Use 24 to 200 letters, digits, - and _: it is part of an address.');

/** A key somebody else gave out. */
export const givenKey = z.string().regex(/^\S+$/, 'Give the key without spaces in it.');

function split(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function hasCredentials(text: string): boolean {
  const { username, password } = new URL(text);
  return username !== '' || password !== '';
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isTimeZone(text: string): boolean {
  if (/^[+-]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isServerPath(text: string): boolean {
  return /^(\/|\\\\|[a-z]:[\\/])/i.test(text);
}
