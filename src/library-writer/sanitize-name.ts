/** What one part of a path may take, in bytes of UTF-8 (ext4, APFS and NTFS agree at 255 or more). */
export const MAX_PART_BYTES = 255;

/** Characters that Windows and SMB refuse in names. */
const RESERVED = /[<>:"/\\|?*]/g;
/** Control characters, broken surrogates, line separators, direction overrides and the byte order mark. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
/** Device names of Windows, reserved with and without an extension. */
const DEVICE = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]) *(\.|$)/i;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Makes one path part of any text: valid on Linux, macOS, Windows and SMB, never hidden, `.` or `..`, never empty
 * (then `fallback`), in Unicode form C and at most `maxBytes` bytes of UTF-8.
 */
export function sanitizeName(text: string, maxBytes = MAX_PART_BYTES, fallback = 'Untitled'): string {
  const cleaned = trimEnd(
    text
      .normalize('NFC')
      .replace(INVISIBLE, ' ')
      .replace(RESERVED, ' ')
      .replace(/\s+/g, ' ')
      .replace(/^[. ]+/, ''),
  );
  const named = DEVICE.test(cleaned) ? `_${cleaned}` : cleaned;
  return trimEnd(cutToBytes(named, maxBytes)) || fallback;
}

/** The longest start of `text` within `maxBytes` bytes of UTF-8 (and `maxLength` UTF-16 units), cut between visible characters. */
export function cutToBytes(text: string, maxBytes: number, maxLength = Number.POSITIVE_INFINITY): string {
  if (text.length <= maxLength && Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let length = 0;
  for (const { segment } of graphemes.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes || length + segment.length > maxLength) break;
    length += segment.length;
  }
  return text.slice(0, length);
}

/** Lower-case words of `text` joined by hyphens, accents removed, at most `maxBytes` bytes; `series` when nothing is left. */
export function slugOf(text: string, maxBytes: number): string {
  const words = text
    .normalize('NFD')
    .replace(/[\u0300-\u036F]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  return cutToBytes(words.replace(/^-+/, ''), maxBytes).replace(/-+$/, '') || 'series';
}

/** Whether `part` can stand as one part of a path without leading anywhere else. */
export function isSafePart(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[/\\\p{Cc}]/u.test(part);
}

/** Whether a path with `/` between its parts stays below the folder it is joined to. */
export function isSafePath(path: string): boolean {
  return path.split('/').every(isSafePart);
}

/** Windows drops dots and spaces at the end of a name, so that two names become one. */
function trimEnd(name: string): string {
  return name.replace(/[. ]+$/, '');
}
