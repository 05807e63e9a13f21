import { NEWEST_SET, PICKS, USERS } from '../documents.js';
import { alert, announce, button, fill, h } from '../dom.js';
import { count, when } from '../format.js';
import { feedbackList } from './feedback-list.js';
import { pickItem } from './pick-item.js';

/** Pages of 100 users that the list has room for. */
const MOST_PAGES = 20;
/** How often and how long a newer set is looked for after something was said, ms. */
const LOOK_EVERY_MS = 1_500;
const LOOK_FOR_MS = 60_000;

/** What is recommended to a user, why, and what they say of it. A caller bound to one user sees theirs. */
export function picksView({ api, me }, userId) {
  const choice = h('select', { id: 'picks-user', onchange: choose });
  const about = h('p', { class: 'muted', role: 'status' });
  const list = h('ol', { class: 'picks' });
  const notice = h('div', {});
  const newer = h('div', { class: 'newer' });
  const said = feedbackList({ api, onTaken });
  const heading = h('h1', { tabindex: '-1' }, 'Picks');
  let shownSet = null;
  let lookUntil = 0;
  let timer = null;
  const element = h(
    'div',
    {},
    heading,
    h('div', { class: 'filters' }, h('label', { for: 'picks-user' }, 'User'), choice, about),
    notice,
    newer,
    list,
    said.element,
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
    endLooking();
    const id = choice.value;
    const [{ user }] = await Promise.all([api.query(PICKS, { id }), said.show(id)]);
    if (id !== choice.value) return;
    const set = user?.recommendations;
    shownSet = set?.id ?? null;
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
    fill(list, ...set.picks.map((pick) => pickItem({ api, userId: id, scale, onTaken }, pick)));
  }

  /** New picks come from a job. Nobody's list changes under their hands: they are offered once they are there. */
  function onTaken(newPicksAsked) {
    if (!newPicksAsked) return;
    lookUntil = Date.now() + LOOK_FOR_MS;
    fill(newer, h('p', { class: 'muted', role: 'status' }, 'New picks are being made …'));
    timer ??= setTimeout(look, LOOK_EVERY_MS);
  }

  async function look() {
    const id = choice.value;
    const found = await api.query(NEWEST_SET, { id }).catch(() => null);
    if (timer === null || id !== choice.value) return;
    timer = null;
    const newest = found?.user?.recommendations?.id ?? shownSet;
    if (newest !== shownSet) {
      fill(newer, button('Show the new picks', showNewer, { class: 'main' }));
      announce('New picks are there.');
    } else if (Date.now() < lookUntil) timer = setTimeout(look, LOOK_EVERY_MS);
    else fill(newer);
  }

  async function showNewer() {
    try {
      await show();
      heading.focus();
    } catch (error) {
      fill(notice, alert(error));
    }
  }

  function endLooking() {
    clearTimeout(timer);
    timer = null;
    fill(newer);
  }

  return { element, title: 'Picks', close: endLooking };
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
