import { textBeginning } from './text-beginning.ts';

/** Characters of a token of English text, as byte-pair encoders cut it. */
const LATIN_CHARACTERS = 4;
/** UTF-8 bytes of a token of text in other scripts: a Chinese character is about one token, a Cyrillic word three. */
const OTHER_BYTES = 3;

/**
 * Tokens of a text as byte-pair encoders count them, rounded up. Without a model's own vocabulary this is an estimate:
 * a quarter of the ASCII characters, and a third of the bytes of all others.
 */
export function estimateTokens(text: string): number {
  const bytes = Buffer.byteLength(text);
  if (bytes === text.length) return Math.ceil(bytes / LATIN_CHARACTERS);
  const ascii = text.replace(/\P{ASCII}/gu, '').length;
  return Math.ceil(ascii / LATIN_CHARACTERS + (bytes - ascii) / OTHER_BYTES);
}

/** The beginning of a text with at most `tokens` tokens by that estimate, cut between words where there are any. */
export function truncateToTokens(text: string, tokens: number): string {
  if (estimateTokens(text) <= tokens) return text;
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >>> 1;
    if (estimateTokens(text.slice(0, middle)) <= tokens) fits = middle;
    else tooLong = middle;
  }
  const cut = textBeginning(text, fits);
  const space = cut.lastIndexOf(' ');
  return (space > cut.length / 2 ? cut.slice(0, space) : cut).trimEnd();
}
