import { describe, expect, it } from 'vitest';
import { parseNfo } from '../../../src/demo/nfo.ts';

const show = (body: string) => parseNfo(`<?xml version="1.0"?>\n<tvshow>\n${body}\n</tvshow>\n`);

describe('reading an NFO', () => {
  it('reads text with entities and CDATA', () => {
    expect(show('<title>A &amp; B &#233;&#x26;</title><plot><![CDATA[x < y & z]]></plot>')).toMatchObject({
      title: 'A & B é&',
      plot: 'x < y & z',
    });
  });

  it('splits genres at slashes and takes repeated tags [BaseNfoParser.cs]', () => {
    expect(show('<genre>Crime/Drama</genre><genre>War</genre><tag>sea</tag><tag>storm</tag>')).toMatchObject({
      genres: ['Crime', 'Drama', 'War'],
      tags: ['sea', 'storm'],
    });
  });

  it('takes provider ids from uniqueid and from their own tags [BaseNfoParser.cs]', () => {
    expect(
      show('<uniqueid default="true" type="tvdb">81189</uniqueid><imdbid>tt1</imdbid><tmdbid></tmdbid>'),
    ).toMatchObject({ providerIds: { Tvdb: '81189', Imdb: 'tt1' } });
  });

  it('takes dates of exactly yyyy-MM-dd only, and maps the status [BaseNfoParser.cs, SeriesNfoParser.cs]', () => {
    expect(show('<premiered>2015-3-1</premiered><status>Canceled</status>')).toMatchObject({
      premiered: null,
      status: 'Ended',
    });
    expect(show('<premiered>2015-03-01</premiered><status>Returning Series</status>')).toMatchObject({
      premiered: '2015-03-01',
      status: 'Continuing',
    });
    expect(show('<status>Rumoured</status>')).toMatchObject({ status: null });
  });

  it('prefers the exact duration over the minutes', () => {
    const details = (body: string) => parseNfo(`<episodedetails>${body}</episodedetails>`)?.runtimeSeconds;
    expect(details('<runtime>50</runtime><durationinseconds>3001</durationinseconds>')).toBe(3001);
    expect(details('<runtime>50</runtime>')).toBe(3000);
    expect(details('<runtime>long</runtime>')).toBeNull();
  });

  it('ignores a file that is not well-formed, is cut off, or is something else [BaseNfoParser.cs]', () => {
    expect(show('<title>Salt & Pepper</title>')).toBeNull();
    expect(show('<title>bell \u0007</title>')).toBeNull();
    expect(parseNfo('<tvshow><title>Half')).toBeNull();
    expect(parseNfo('<movie><title>Film</title></movie>')).toBeNull();
    expect(parseNfo('')).toBeNull();
  });
});
