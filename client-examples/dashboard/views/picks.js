import { PICKS, USERS } from '../documents.js';
import { alert, fill, h, unseen } from '../dom.js';
import { count, figure, when, words } from '../format.js';
import { poster } from '../poster.js';

/** Parts of a score that are shown before one asks for all. */
const FIRST_PARTS = 4;
/** Pages of 100 users that the list has room for. */
const MOST_PAGES = 20;

/** What is recommended to a user, and why. A caller bound to one user sees theirs. */
export function picksView({ api, me }, userId) {
  const choice = h('select', { id: 'picks-user', onchange: choose });
  const about = h('p', { class: 'muted', role: 'status' });
  const list = h('ol', { class: 'picks' });
  const notice = h('div', {});
  const element = h(
    'div',
    {},
    h('h1', { tabindex: '-1' }, 'Picks'),
    h('div', { class: 'filters' }, h('label', { for: 'picks-user' }, 'User'), choice, about),
    notice,
    list,
  );
  load().catch((error) => fill(notice, alert(error)));

  async function load() {
    const users = me.role === 'VIEWER' ? [me.user].filter(Boolean) : await allUsers(api);
    fill(choice, ...users.map(({ id, name }) => h('option', { value: id, selected: id === userId }, name)));
    if (users.length === 0) fill(about, 'No users yet: run the job “Sync users” first.');
    else await show();
  }

  function choose() {
    history.replaceState(null, '', `#/picks/${encodeURIComponent(choice.value)}`);
    show().catch((error) => fill(notice, alert(error)));
  }

  async function show() {
    fill(notice);
    const id = choice.value;
    const { user } = await api.query(PICKS, { id });
    if (id !== choice.value) return;
    const set = user?.recommendations;
    if (!set) {
      const reason = user?.recommendationsEnabled
        ? 'No picks yet: run “Generate series recommendations”.'
        : 'Recommendations are off for this user.';
      fill(about, reason);
      fill(list);
      return;
    }
    fill(
      about,
      'Made ',
      when(set.generatedAt),
      ` from ${count(set.historyCount)} watched series, among ${count(set.candidateCount)}.`,
    );
    const parts = set.picks.flatMap((pick) => pick.parts.map(({ contribution }) => Math.abs(contribution)));
    const scale = Math.max(...parts, Number.EPSILON);
    fill(list, ...set.picks.map((pick) => pickItem(api, pick, scale)));
  }

  return { element, title: 'Picks', close() {} };
}

async function allUsers(api) {
  const found = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { users } = await api.query(USERS, { after });
    found.push(...users.nodes);
    if (!users.pageInfo.hasNextPage) break;
    after = users.pageInfo.endCursor;
  }
  return found;
}

function pickItem(api, { rank, score, explanation, isRewatch, series, parts, evidence }, scale) {
  const facts = [series.year, series.networks[0], series.genres.slice(0, 3).join(', ')].filter(Boolean);
  const ordered = parts
    .filter(({ contribution }) => contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const rest = ordered.slice(FIRST_PARTS);
  return h(
    'li',
    { class: 'card pick' },
    h('span', { class: 'rank', 'aria-hidden': 'true' }, rank),
    poster(api, series.posterUrl),
    h(
      'div',
      { class: 'pick-text' },
      h('h2', {}, unseen(`${rank}. `), series.name, isRewatch && h('span', { class: 'badge' }, 'Rewatch')),
      h('p', { class: 'muted' }, facts.join(' · ')),
      explanation && h('p', { class: 'reason' }, explanation),
      h(
        'ul',
        { class: 'evidence', 'aria-label': 'Reasons' },
        ...evidence.map((one) => h('li', {}, reason(one))),
      ),
    ),
    h(
      'div',
      { class: 'pick-score' },
      h('p', { class: 'score' }, figure(score), h('span', { class: 'muted small' }, ' score')),
      partList(ordered.slice(0, FIRST_PARTS), scale),
      rest.length > 0 &&
        h(
          'details',
          {},
          h('summary', {}, `${rest.length} smaller ${rest.length === 1 ? 'part' : 'parts'}`),
          partList(rest, scale),
        ),
    ),
  );
}

function partList(parts, scale) {
  return h(
    'ul',
    { class: 'parts', 'aria-label': 'Parts of the score' },
    ...parts.map(({ signal, contribution }) => {
      const bar = h('span', {
        class: contribution < 0 ? 'part-bar below' : 'part-bar',
        'aria-hidden': 'true',
      });
      bar.style.setProperty('--share', Math.abs(contribution) / scale);
      return h(
        'li',
        {},
        h('span', {}, words(signal)),
        bar,
        h('span', { class: 'part-value' }, figure(contribution)),
      );
    }),
  );
}

function reason({ kind, series, traits, count: viewers }) {
  if (kind === 'SIMILAR_TO_WATCHED' && series) return `Like ${series.name}`;
  if (kind === 'SHARED_TRAITS') return `Shares ${traits.join(', ')}`;
  if (kind === 'VIEWERS_LIKE_YOU' && viewers)
    return viewers === 1
      ? 'A like-minded viewer watched it'
      : `${count(viewers)} like-minded viewers watched it`;
  return words(kind);
}
