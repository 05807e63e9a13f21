/** Letters that Unicode does not decompose into a base letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  þ: 'th',
  ð: 'd',
  ı: 'i',
};

const YEAR_SUFFIX = /\s*[([](\d{4})[)\]]\s*$/u;

/**
 * Folds a name for comparing: lower case, no Latin, Greek or Cyrillic diacritics, `&` as `and`, no apostrophes, other
 * punctuation as one space. Marks of other scripts are kept: they are letters there. A name of punctuation only is
 * kept as it is, in lower case.
 */
export function foldName(name: string): string {
  const lower = name.toLowerCase().trim();
  const folded = lower
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/gu, '')
    .normalize('NFC')
    .replace(/[ßæœøđłþðı]/gu, (letter) => LETTERS[letter] ?? letter)
    .replace(/['’ʼ`]/gu, '')
    .replace(/&/gu, ' and ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
  return folded === '' ? lower : folded;
}

/** Splits `Castle (2009)` into its name and year; `1923` and `Space: 1999` have no year suffix. */
export function splitYear(name: string): { readonly name: string; readonly year: number | null } {
  const match = YEAR_SUFFIX.exec(name);
  const bare = match ? name.slice(0, match.index).trim() : '';
  if (!match || bare === '') return { name, year: null };
  return { name: bare, year: Number(match[1]) };
}
