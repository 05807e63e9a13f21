/** Words too common to tell one English overview from another. */
const STOP_WORDS = new Set(
  (
    'a about above after again against all also am an and any are as at be became because become becomes been before ' +
    'being below between both but by can cannot could did do does doing down during each few for from further get gets ' +
    'had has have having he her here hers herself him himself his how i if in into is it its itself just like made make ' +
    'makes many may me more most much must my new no nor not now of off on once one only or other our out over own same ' +
    'she should since so some such take takes than that the their them themselves then there these they this those ' +
    'through to too two under until up upon very was we were what when where which while who whom whose why will with ' +
    'within without would you your series show season episode tv'
  ).split(' '),
);

const WORD = /[\p{L}\p{N}]+/gu;
const UNSPACED_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * Splits a text into comparable tokens: lower case, no diacritics, English stop words dropped, English endings cut.
 * Scripts that put no spaces between words give overlapping pairs of characters instead.
 */
export function lexicalTokens(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '');
  return (folded.match(WORD) ?? []).flatMap((word) => {
    if (UNSPACED_SCRIPT.test(word)) return characterPairs(word);
    if (word.length < 2 || STOP_WORDS.has(word)) return [];
    return [stem(word)];
  });
}

function characterPairs(word: string): string[] {
  const characters = [...word];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** Cuts plural, past and progressive endings: enough to join "killers" with "killer", cautious with short words. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('sses')) return word.slice(0, -2);
  if (word.length > 5 && word.endsWith('ing')) return undouble(word.slice(0, -3));
  if (word.length > 4 && word.endsWith('ed')) return undouble(word.slice(0, -2));
  if (word.length > 3 && word.endsWith('s') && !/(ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

function undouble(stemmed: string): string {
  return /([bdgmnprt])\1$/.test(stemmed) ? stemmed.slice(0, -1) : stemmed;
}
