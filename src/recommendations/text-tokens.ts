/** A word or number of a text. */
export interface Token {
  readonly text: string;
  /** Where it begins in the text. */
  readonly start: number;
  /** Whether it is the first word of its sentence. */
  readonly opens: boolean;
}

/** A number with its decimals, or letters and digits with what an apostrophe joins to them. */
const TOKEN = /\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;

/** Splits a text into words and numbers. */
export function tokensOf(text: string): Token[] {
  return [...text.matchAll(TOKEN)].map((match) => ({
    text: match[0],
    start: match.index,
    opens: /(?:^|[.!?…])[\s"“”'‘’«»(]*$/u.test(text.slice(0, match.index)),
  }));
}

/** A word without its case, accents and kind of apostrophe. */
export function comparable(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase();
}
