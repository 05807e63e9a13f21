import { describe, expect, test } from 'vitest';
import { groupByFile } from '../../../src/library-writer/library-pick.ts';
import { episodeNfo, placeholderDate, placeholderNfo, seriesNfo } from '../../../src/library-writer/nfo.ts';
import { pick, pickedEpisode } from '../../support/library-writing.ts';

const episodeOf = (...episodes: ReturnType<typeof pickedEpisode>[]) => {
  const [file] = groupByFile(episodes);
  if (!file) throw new Error('No file.');
  return episodeNfo('Show', file, 3_600_000);
};

describe('seriesNfo', () => {
  test('it holds everything that is known, ids in both forms, and ends at the closing tag', () => {
    const nfo = seriesNfo(
      pick(1, 'Breaking Bad', {
        originalName: 'Breaking Bad!',
        premiereDate: '2008-01-20',
        endDate: '2013-09-29',
        status: 'ENDED',
        overview: 'A teacher.',
        explanation: 'You liked Fargo.',
        genres: ['Crime', 'Drama'],
        networks: ['AMC'],
        keywords: ['new mexico'],
        communityRating: 9.5,
        officialRating: 'TV-MA',
        runtimeMinutes: 47,
        tvdbId: '81189',
        imdbId: 'tt0903747',
        addedOn: '2024-03-01',
      }),
    );
    expect(nfo).toBe(
      [
        '<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
        '<tvshow>',
        '  <title>Breaking Bad</title>',
        '  <originaltitle>Breaking Bad!</originaltitle>',
        '  <plot>Why you may like it: You liked Fargo.\n\nA teacher.</plot>',
        '  <year>2008</year>',
        '  <premiered>2008-01-20</premiered>',
        '  <enddate>2013-09-29</enddate>',
        '  <status>Ended</status>',
        '  <runtime>47</runtime>',
        '  <rating>9.5</rating>',
        '  <mpaa>TV-MA</mpaa>',
        '  <genre>Crime</genre>',
        '  <genre>Drama</genre>',
        '  <studio>AMC</studio>',
        '  <tag>new mexico</tag>',
        '  <uniqueid type="tvdb" default="true">81189</uniqueid>',
        '  <tvdbid>81189</tvdbid>',
        '  <uniqueid type="imdb">tt0903747</uniqueid>',
        '  <imdbid>tt0903747</imdbid>',
        '  <lockdata>true</lockdata>',
        '  <dateadded>2024-03-01 12:00:00</dateadded>',
        '</tvshow>',
      ].join('\n'),
    );
  });

  test('what is not known is left out', () => {
    const nfo = seriesNfo(pick(1, 'A', { year: null, status: 'UNRELEASED' }));
    expect(nfo.match(/<\w+/g)).toEqual(['<tvshow', '<title', '<lockdata']);
  });

  test('markup is escaped and what XML cannot hold is dropped', () => {
    const nfo = seriesNfo(
      pick(1, 'A & B </title><x>\u0000\u0008\uFFFE\uD800', { overview: 'one\r\ntwo ]]> "three" 👍' }),
    );
    expect(nfo).toContain('<title>A &amp; B &lt;/title&gt;&lt;x&gt;</title>');
    expect(nfo).toContain('<plot>one\ntwo ]]&gt; &quot;three&quot; 👍</plot>');
    expect(nfo.charCodeAt(0)).toBe('<'.charCodeAt(0));
  });
});

describe('episodeNfo', () => {
  test('it states the runtime in minutes and in seconds', () => {
    const nfo = episodeOf(pickedEpisode(1, 2, 3, { runtimeMs: 2_845_000, airDate: '2009-03-22' }));
    expect(nfo).toContain('<season>2</season>\n  <episode>3</episode>\n  <aired>2009-03-22</aired>');
    expect(nfo).toContain('<runtime>47</runtime>');
    expect(nfo).toContain(
      '<fileinfo><streamdetails><video><durationinseconds>2845</durationinseconds></video></streamdetails></fileinfo>',
    );
    expect(nfo.endsWith('<lockdata>true</lockdata>\n</episodedetails>')).toBe(true);
  });

  test('an unknown runtime is what the episodes of the series take, so that a stop never counts as watched, and a name is not made up', () => {
    const nfo = episodeOf(pickedEpisode(1, 1, 4, { runtimeMs: null, name: null }));
    expect(nfo).toContain('<title>Episode 4</title>');
    expect(nfo).toContain('<runtime>60</runtime>');
    expect(nfo).toContain('<durationinseconds>3600</durationinseconds>');
  });

  test('a file with two episodes has both numbers, the whole runtime and each text once', () => {
    const shared = { path: '/a.mkv', overview: 'Same.', runtimeMs: 600_000 };
    const nfo = episodeOf(
      pickedEpisode(1, 1, 2, { ...shared, name: 'Two' }),
      pickedEpisode(1, 1, 1, { ...shared, name: 'One' }),
    );
    expect(nfo).toContain('<title>One / Two</title>');
    expect(nfo).toContain(
      '<episode>1</episode>\n  <episodenumberend>2</episodenumberend>\n  <plot>Same.</plot>',
    );
    expect(nfo).toContain('<durationinseconds>1200<');
  });
});

describe('placeholderNfo', () => {
  test.each([
    [1, '2125-01-01'],
    [2, '2124-12-31'],
    [60, '2124-11-03'],
    [2000, '2119-07-13'],
  ])('the date of rank %i is %s', (rank, date) => {
    expect(placeholderDate(rank)).toBe(date);
  });

  test('it is episode 0 of season 0, explains itself and is dated after lockdata', () => {
    const nfo = placeholderNfo(pick(1, 'Tom & Jerry', { rank: 2 }));
    expect(nfo).toContain('<season>0</season>\n  <episode>0</episode>');
    expect(nfo).toMatch(/<plot>This entry is not an episode .* Tom &amp; Jerry stands at place 2 .*<\/plot>/);
    expect(
      nfo.endsWith(
        '<lockdata>true</lockdata>\n  <dateadded>2124-12-31 12:00:00</dateadded>\n</episodedetails>',
      ),
    ).toBe(true);
  });
});
