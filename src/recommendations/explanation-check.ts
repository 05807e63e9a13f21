import { type CatalogWords, stemOf } from './catalog-words.ts';
import type { PickFacts } from './explanation-facts.ts';
import { MAX_EXPLANATION_LENGTH } from './explanation-prompt.ts';
import { comparable, type Token, tokensOf } from './text-tokens.ts';

/** Why a text is not shown. */
export type Objection = 'EMPTY' | 'LENGTH' | 'MARKUP' | 'NUMBER' | 'NAME' | 'TITLE' | 'GENRE' | 'QUOTE';

/** Words that begin sentences and name nothing; any other first word with a capital may be a name. */
const OPENERS = new Set(
  `a about after all also among and another anyone as at because both but by clearly enjoy expect fans for from fresh
  given good has have here highly if in is it its just like liked lots loved made many more most much new no now of on
  others people perfect plenty rated ready recommended same see shared shares similar since so some that the their them
  then there these they this those though together try viewers watch watched watching well what when where which while
  with worth you your you'll you're you've`.split(/\s+/),
);
/** "History" is also a genre. */
const HARMLESS_PHRASES = [
  'history like yours',
  'watch history',
  'viewing history',
  'similar history',
  'like history',
];
const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{
      two: 2,
      three: 3,
      four: 4,
      five: 5,
      six: 6,
      seven: 7,
      eight: 8,
      nine: 9,
      ten: 10,
      eleven: 11,
      twelve: 12,
    },
    ...{ dozen: 12, twenty: 20, thirty: 30, forty: 40, fifty: 50, hundred: 100, thousand: 1000 },
    // Numbers of nothing: never in the evidence.
    ...{ dozens: -1, hundreds: -1, thousands: -1, million: -1, millions: -1 },
  }),
);
/** Begins like "family", and is no genre. */
const NO_GENRE = /^familiar/;
const MARKUP = /[\n\r<>{}[\]*_#`|\\]|https?:|www\.|\w@\w/i;

/**
 * Says what is wrong with a text: it names a title, a person, a genre or a number that is not in the evidence of its
 * pick. Anything with a capital counts as a name, because there is no list of persons. Null when it may be shown.
 */
export function objectionTo(text: string, facts: PickFacts, catalog: CatalogWords): Objection | null {
  if (text.trim() === '') return 'EMPTY';
  if (text.length > MAX_EXPLANATION_LENGTH) return 'LENGTH';
  if (MARKUP.test(text)) return 'MARKUP';
  const tokens = tokensOf(text);
  const titles = [facts.title, ...facts.similarTo.map(({ title }) => title)];
  const traits = [...facts.similarTo.flatMap(({ shared }) => shared), ...facts.oftenWatched];
  const inTitle = positionsOf(tokens, titles, isName);
  const inTrait = positionsOf(tokens, [...traits, ...HARMLESS_PHRASES], isSameWord);
  const known = tokens.map((_, index) => inTitle.has(index) || inTrait.has(index));
  const unknown = tokens.filter((_, index) => !known[index]);
  if (quotedOthers(text, tokens, known)) return 'QUOTE';
  if (unknown.some((token) => isWrongNumber(token, facts))) return 'NUMBER';
  if (tokens.some((token, index) => !inTitle.has(index) && isOtherName(token, inTrait.has(index), catalog)))
    return 'NAME';
  if (namesOtherTitle(tokens, known, catalog)) return 'TITLE';
  return unknown.some((token) => isOtherGenre(token, traits, catalog)) ? 'GENRE' : null;
}

/** Positions of the words of all occurrences of the phrases. */
function positionsOf(
  tokens: readonly Token[],
  phrases: readonly string[],
  isWord: (token: Token | undefined, word: string) => boolean,
): Set<number> {
  const found = new Set<number>();
  for (const phrase of phrases) {
    const words = tokensOf(phrase).map((token) => token.text.replaceAll('’', "'"));
    if (words.length === 0) continue;
    for (let start = 0; start + words.length <= tokens.length; start += 1) {
      const matches = words.every((word, offset) => isWord(tokens[start + offset], word));
      if (matches) for (let offset = 0; offset < words.length; offset += 1) found.add(start + offset);
    }
  }
  return found;
}

/** A name is spelled as given, or in lower case inside a sentence. */
function isName(token: Token | undefined, word: string): boolean {
  if (!token) return false;
  const text = token.text.replaceAll('’', "'");
  return text === word || text === word.toLowerCase() || (token.opens && isSameWord(token, word));
}

function isSameWord(token: Token | undefined, word: string): boolean {
  return token !== undefined && comparable(token.text) === comparable(word);
}

function quotedOthers(text: string, tokens: readonly Token[], known: readonly boolean[]): boolean {
  const quotes = [...text.matchAll(/“[^”]*”|"[^"]*"|«[^»]*»|(?<!\p{L})['‘][^'‘’]*['’](?!\p{L})/gu)];
  return quotes.some((quote) =>
    tokens.some(
      ({ start }, index) => start > quote.index && start < quote.index + quote[0].length && !known[index],
    ),
  );
}

function isWrongNumber({ text }: Token, facts: PickFacts): boolean {
  const spelled = NUMBER_WORDS.get(text.toLowerCase());
  if (spelled === undefined && !/\p{N}/u.test(text)) return false;
  const { viewersLikeYou, viewersHere, rating, newIn } = facts;
  const allowed = [viewersLikeYou, viewersHere, newIn, rating, rating && Number(rating), rating && 10];
  return !allowed.some((number) => number !== null && String(number) === String(spelled ?? text));
}

function isOtherName({ text, opens }: Token, isTrait: boolean, catalog: CatalogWords): boolean {
  if (/[^\p{Script=Latin}\p{N}\p{M}'’.,]/u.test(text)) return !isTrait;
  if (!/\p{Lu}|\p{Lt}/u.test(text) || text === 'I') return false;
  const word = comparable(text);
  if (opens && (OPENERS.has(word) || NUMBER_WORDS.has(word))) return false;
  // A trait of the name of a series, such as "dark", with a capital.
  return !isTrait || catalog.titles.has(word);
}

/** Looks for names of two words and more, whatever their case; those of one word have given themselves away. */
function namesOtherTitle(
  tokens: readonly Token[],
  known: readonly boolean[],
  catalog: CatalogWords,
): boolean {
  const words = tokens.map(({ text }) => comparable(text));
  return words.some((_, start) => {
    for (let length = 2; length <= catalog.longest && start + length <= words.length; length += 1) {
      const isKnown = known.slice(start, start + length).every(Boolean);
      if (!isKnown && catalog.titles.has(words.slice(start, start + length).join(' '))) return true;
    }
    return false;
  });
}

function isOtherGenre({ text }: Token, traits: readonly string[], catalog: CatalogWords): boolean {
  const word = comparable(text);
  const own = traits.flatMap((trait) => tokensOf(trait).map((token) => stemOf(comparable(token.text))));
  const startsWith = (stem: string) => word.startsWith(stem);
  return catalog.genreStems.some(startsWith) && !own.some(startsWith) && !NO_GENRE.test(word);
}
