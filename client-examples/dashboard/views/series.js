import { SERIES } from '../documents.js';
import { alert, button, fill, h } from '../dom.js';
import { count } from '../format.js';
import { poster } from '../poster.js';

/** How long a pause in typing starts a search, ms. */
const PAUSE_MS = 200;

/** The catalog, with a search box. */
export function seriesView({ api }) {
  const box = h('input', {
    id: 'series-search',
    type: 'search',
    placeholder: 'Name or words of the plot',
    autocomplete: 'off',
    oninput: typed,
  });
  const total = h('p', { class: 'muted', role: 'status' });
  const notice = h('div', {});
  const list = h('ul', { class: 'card rows' });
  const more = button('More series', () => load(), { hidden: true });
  let after = null;
  let asked = 0;
  let timer;
  const element = h(
    'div',
    {},
    h('h1', { tabindex: '-1' }, 'Series'),
    h(
      'form',
      { class: 'filters', role: 'search', onsubmit: submit },
      h('label', { for: 'series-search' }, 'Search'),
      box,
      total,
    ),
    notice,
    list,
    more,
  );
  restart();

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(restart, PAUSE_MS);
  }

  function submit(event) {
    event.preventDefault();
    clearTimeout(timer);
    restart();
  }

  function restart() {
    after = null;
    load();
  }

  async function load() {
    asked += 1;
    const mine = asked;
    try {
      const { seriesConnection: page } = await api.query(SERIES, { search: box.value, after });
      if (mine !== asked) return;
      const rows = page.nodes.map((series) => seriesRow(api, series));
      if (after === null) fill(list, ...rows);
      else list.append(...rows);
      after = page.pageInfo.endCursor;
      more.hidden = !page.pageInfo.hasNextPage;
      list.hidden = list.childElementCount === 0;
      fill(total, page.totalCount === 0 ? 'Nothing found' : `${count(page.totalCount)} series`);
      fill(notice);
    } catch (error) {
      fill(notice, alert(error));
    }
  }

  return { element, title: 'Series', close: () => clearTimeout(timer) };
}

function seriesRow(api, series) {
  const { name, year, genres, networks, communityRating, overview, seasonCount, episodeCount } = series;
  const facts = [networks.join(', '), genres.join(', '), size(seasonCount, episodeCount)].filter(Boolean);
  return h(
    'li',
    { class: 'row series' },
    poster(api, series.posterUrl),
    h(
      'div',
      { class: 'row-text' },
      h('h2', {}, name, year && h('span', { class: 'muted year' }, year)),
      h('p', { class: 'muted' }, facts.join(' · ')),
      overview && h('p', { class: 'overview' }, overview),
    ),
    communityRating !== null &&
      h(
        'p',
        { class: 'rating', title: 'Community rating' },
        communityRating.toFixed(1),
        h('span', { class: 'muted small' }, ' / 10'),
      ),
  );
}

function size(seasons, episodes) {
  if (episodes === 0) return '';
  return `${count(seasons)} ${seasons === 1 ? 'season' : 'seasons'}, ${count(episodes)} episodes`;
}
