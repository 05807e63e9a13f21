import { SCHEDULES, UPDATE_SCHEDULE } from '../documents.js';
import { alert, announce, fill, h } from '../dom.js';
import { when, words } from '../format.js';

/** When jobs run by themselves; an administrator can change it. */
export function schedulesView({ api, me }) {
  const mayEdit = me.role === 'ADMIN';
  const list = h('ul', { class: 'card rows' });
  const notice = h('div', {});
  const element = h(
    'div',
    {},
    h('h1', { tabindex: '-1' }, 'Schedules'),
    !mayEdit && h('p', { class: 'muted' }, 'Changing a schedule takes a key with the role ADMIN.'),
    notice,
    list,
  );
  api
    .query(SCHEDULES)
    .then(({ schedules }) => fill(list, ...schedules.map((schedule) => scheduleRow(schedule, api, mayEdit))))
    .catch((error) => fill(notice, alert(error)));
  return { element, title: 'Schedules', close() {} };
}

function scheduleRow(first, api, mayEdit) {
  const { id, jobs } = first;
  const field = (name, label) => {
    const input = h('input', {
      id: `${id}-${name}`,
      value: first[name],
      disabled: !mayEdit,
      spellcheck: 'false',
    });
    return { input, element: h('div', { class: 'field' }, h('label', { for: input.id }, label), input) };
  };
  const every = field('every', 'Every');
  const timeZone = field('timeZone', 'Time zone');
  const enabled = h('input', { type: 'checkbox', role: 'switch', disabled: !mayEdit, onchange: toggle });
  const times = h('p', { class: 'muted small' });
  const notice = h('div', { class: 'row-notice' });
  const save = h('button', { type: 'submit', hidden: true, 'aria-label': `Save ${words(id)}` }, 'Save');
  const element = h(
    'li',
    { class: 'row schedule' },
    h(
      'div',
      { class: 'row-text' },
      h('h2', {}, words(id)),
      h('p', { class: 'muted' }, jobs.map(words).join(', then ')),
      times,
    ),
    h('form', { onsubmit: submit, oninput: () => reveal() }, every.element, timeZone.element, save),
    h('label', { class: 'switch' }, enabled, 'On'),
    notice,
  );
  let shown = first;
  let newest = 0;
  let sending = Promise.resolve();
  show(first);

  function show(schedule) {
    shown = schedule;
    every.input.value = schedule.every;
    timeZone.input.value = schedule.timeZone;
    enabled.checked = schedule.enabled;
    const next = schedule.enabled && schedule.nextRunAt;
    fill(
      times,
      ...(next ? ['Next ', when(next)] : ['Not planned']),
      ...(schedule.lastRunAt ? [' · last ', when(schedule.lastRunAt)] : [' · never run yet']),
      ...outcome(schedule),
    );
    reveal();
  }

  function reveal() {
    save.hidden = every.input.value === shown.every && timeZone.input.value === shown.timeZone;
  }

  function submit(event) {
    event.preventDefault();
    if (!save.hidden) change({ every: every.input.value, timeZone: timeZone.input.value });
  }

  function toggle() {
    change({ enabled: enabled.checked });
  }

  /** Sends one change after the other; the row takes over the answer to the newest, so that no earlier one undoes a click. */
  async function change(input) {
    const number = ++newest;
    fill(notice);
    save.disabled = true;
    for (const { input: box } of [every, timeZone]) box.removeAttribute('aria-invalid');
    const answer = sending.then(() => api.mutate(UPDATE_SCHEDULE, { input: { id, ...input } }));
    sending = answer.catch(() => undefined);
    try {
      const { schedule } = await answer;
      if (number === newest) show(schedule);
      else shown = schedule;
      announce(`${words(id)} saved`);
    } catch (error) {
      if (number === newest) enabled.checked = shown.enabled;
      if ('every' in input) every.input.setAttribute('aria-invalid', 'true');
      fill(notice, alert(error));
    }
    if (number === newest) save.disabled = false;
  }

  return element;
}

/** How the last time ended, leading to its run where it was one. */
function outcome({ lastOutcome, lastRun }) {
  if (!lastOutcome) return [];
  const text = words(lastOutcome).toLowerCase();
  return [' · ', lastRun ? h('a', { href: `#/runs/${encodeURIComponent(lastRun.id)}` }, text) : text];
}
