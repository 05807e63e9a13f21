import { describe, expect, it } from 'vitest';
import { catalogWords } from '../../../src/recommendations/catalog-words.ts';
import { explain } from '../../../src/recommendations/explanation.ts';
import { objectionTo } from '../../../src/recommendations/explanation-check.ts';
import {
  factsHash,
  type PickFacts,
  pickFacts,
  saysSomething,
} from '../../../src/recommendations/explanation-facts.ts';
import { readExplanations } from '../../../src/recommendations/explanation-prompt.ts';

const FACTS: PickFacts = {
  title: 'The Long Night',
  similarTo: [
    { title: 'Dark', shared: ['mystery', 'small town'] },
    { title: "Grey's Anatomy", shared: [] },
  ],
  oftenWatched: ['time travel', 'HBO'],
  viewersLikeYou: 3,
  viewersHere: null,
  isWidelyKnown: false,
  rating: '8.3',
  newIn: 2026,
};
const CATALOG = catalogWords(
  [
    'The Long Night',
    'Dark',
    "Grey's Anatomy",
    'Breaking Bad',
    'Lost',
    'You',
    'the office',
    'Mystery',
    '3%',
    'いぬやしき',
  ],
  ['Drama', 'Comedy', 'Mystery', 'History', 'Sci-Fi & Fantasy'],
);
const check = (text: string, known: Partial<PickFacts> = {}) =>
  objectionTo(text, { ...FACTS, ...known }, CATALOG);

describe('objectionTo', () => {
  it.each([
    'Because you watched Dark, you may like its mystery in a small town.',
    'Like Dark and Grey’s Anatomy, it has mystery and time travel.',
    'You liked "Dark"; The Long Night is new in 2026.',
    '3 viewers with a history like yours watched it. It is rated 8.3 of 10.',
    'Three others watch what you watch, on HBO and hbo.',
    'Dark fans will find the same Time Travel here!',
    'If you like mysteries, this is for you.',
  ])('lets through: %s', (text) => {
    expect(check(text)).toBeNull();
  });

  it.each([
    ['another title of the catalog', 'You watched Dark and Breaking Bad.', 'NAME'],
    ['one in lower case', 'Because you watched the office and Dark.', 'TITLE'],
    ['one of one word', 'Like Dark, and like Lost.', 'NAME'],
    ['one that begins the sentence', 'Lost fans will like it.', 'NAME'],
    ['one that the catalog does not have', 'Like Dark, it reminds of Seinfeld.', 'NAME'],
    ['one at the beginning that the catalog does not have', 'Seinfeld it is not.', 'NAME'],
    ['a trait that becomes a title by its capital', 'Like Dark, and like Mystery.', 'NAME'],
    ['a person', 'With Jane Doe and mystery.', 'NAME'],
    ['a person in another script', 'Like Dark, by 宮崎駿.', 'NAME'],
    ['a quoted phrase', 'They call it "a true gem" like Dark.', 'QUOTE'],
    ['a quoted phrase in curly quotes', 'It is ‘must see’ after Dark.', 'QUOTE'],
    ['another genre', 'A comedy like Dark.', 'GENRE'],
    ['another genre in the plural', 'You like comedies.', 'GENRE'],
    ['an adjective of another genre', 'A dramatic mystery.', 'GENRE'],
    ['a common genre that the catalog has not', 'A thriller like Dark.', 'GENRE'],
    ['another number', '4 viewers watched it.', 'NUMBER'],
    ['another number as a word', 'Four viewers watched it.', 'NUMBER'],
    ['another rating', 'Rated 8.4 of 10.', 'NUMBER'],
    ['a year', 'Since 1999.', 'NUMBER'],
    ['a per cent', 'A 98% match with Dark.', 'NUMBER'],
    ['an episode', 'From s01e02 on.', 'NUMBER'],
    ['a link', 'See https://dark.', 'MARKUP'],
    ['emphasis', 'Like **Dark**.', 'MARKUP'],
    ['a script', '<b>Dark</b>', 'MARKUP'],
    ['two lines', 'Like Dark.\nAnd more.', 'MARKUP'],
    ['nothing', '  ', 'EMPTY'],
    ['too much', 'Like Dark. '.repeat(40), 'LENGTH'],
  ])('refuses %s', (_, text, objection) => {
    expect(check(text)).toBe(objection);
  });

  it('refuses numbers that are no reason', () => {
    expect(check('Rated 8.3 of 10.', { rating: null })).toBe('NUMBER');
    expect(check('3 viewers watched it.', { viewersLikeYou: null })).toBe('NUMBER');
    expect(check('New in 2026.', { newIn: null })).toBe('NUMBER');
    expect(check('5 others here have watched it.')).toBe('NUMBER');
    expect(check('5 others here have watched it.', { viewersHere: 5 })).toBeNull();
  });

  it('lets numbers and words through that are part of a name', () => {
    const catalog = catalogWords(['The 100', 'Comedy Bang'], ['Comedy']);
    const facts = { ...FACTS, similarTo: [{ title: 'The 100', shared: [] }] };
    expect(objectionTo('Because you watched The 100.', facts, catalog)).toBeNull();
    expect(objectionTo('Because 100 people did.', facts, catalog)).toBe('NUMBER');
    expect(objectionTo('Like Comedy Bang.', { ...FACTS, title: 'Comedy Bang' }, catalog)).toBeNull();
  });

  it('has nothing to say against what the template says', () => {
    const evidence = [
      { kind: 'SIMILAR_TO_WATCHED', titleId: 1, traits: ['mystery', 'small town'], weight: 3 },
      { kind: 'SHARED_TRAITS', traits: ['time travel'], weight: 2 },
      { kind: 'VIEWERS_LIKE_YOU', count: 3, weight: 1 },
    ] as const;
    for (let seed = 0; seed < 6; seed += 1) {
      const text = explain(evidence, { nameOf: () => 'Dark', rating: 8.3, year: 2026, seed });
      expect([text, check(text ?? '')]).toEqual([text, null]);
    }
  });
});

describe('pickFacts', () => {
  const pick = {
    title: 'The Long Night',
    year: 2026,
    rating: 8.26,
    evidence: [
      { kind: 'SIMILAR_TO_WATCHED', titleId: 1, traits: ['mystery'], weight: 0.5 },
      { kind: 'SIMILAR_TO_WATCHED', titleId: 2, weight: 0.2 },
    ],
  } as const;
  const nameOf = (id: number) => (id === 1 ? 'Dark' : undefined);

  it('tells what is evidence and nothing else', () => {
    expect(pickFacts(pick, nameOf)).toEqual({
      title: 'The Long Night',
      similarTo: [{ title: 'Dark', shared: ['mystery'] }],
      oftenWatched: [],
      viewersLikeYou: null,
      viewersHere: null,
      isWidelyKnown: false,
      rating: null,
      newIn: null,
    });
    expect(saysSomething(pickFacts({ ...pick, evidence: [] }, nameOf))).toBe(false);
    expect(saysSomething(pickFacts({ ...pick, evidence: [{ kind: 'FRESH', weight: 0 }] }, nameOf))).toBe(
      true,
    );
  });

  it('has the same hash whatever the weights, and another one for another trait', () => {
    const heavier = { ...pick, evidence: pick.evidence.map((entry) => ({ ...entry, weight: 9 })) };
    expect(factsHash(pickFacts(heavier, nameOf))).toBe(factsHash(pickFacts(pick, nameOf)));
    const other = { ...pick, title: 'The Long Day' };
    expect(factsHash(pickFacts(other, nameOf))).not.toBe(factsHash(pickFacts(pick, nameOf)));
  });
});

describe('readExplanations', () => {
  const answer = (...entries: unknown[]) => JSON.stringify({ explanations: entries });

  it('puts texts in the order of the picks and leaves gaps', () => {
    const content = answer({ pick: 3, text: 'C' }, { pick: 1, text: 'A' }, { pick: 7, text: 'X' });
    expect(readExplanations(content, 3)).toEqual(['A', undefined, 'C']);
  });

  it('takes neither of two texts for one pick', () => {
    expect(readExplanations(answer({ pick: 1, text: 'A' }, { pick: 1, text: 'B' }), 1)).toEqual([undefined]);
  });

  it('takes JSON out of a fence', () => {
    expect(readExplanations(`\`\`\`json\n${answer({ pick: 1, text: 'A' })}\n\`\`\``, 1)).toEqual(['A']);
  });

  it.each([
    '',
    'Sure! Here they are.',
    '[]',
    '{"explanations":[{"pick":"1","text":"A"}]}',
    answer({ pick: 1 }),
  ])('finds no answer in %j', (content) => {
    expect(readExplanations(content, 1)).toBeNull();
  });
});
