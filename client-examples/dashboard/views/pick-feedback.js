import { DISMISS, RATE, SNOOZE, UNDISMISS, UNSNOOZE } from '../documents.js';
import { alert, announce, button, fill, h } from '../dom.js';
import { day } from '../format.js';

const DAY_MS = 86_400_000;
/** For how long a series can be put off, in days. */
const DELAYS = { 'For a week': 7, 'For a month': 30, 'For half a year': 182 };
const RATINGS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
const NOTHING = { rating: null, dismissedAt: null, snoozedUntil: null };

/**
 * What can be said of a pick: a rating, that it is not interesting, or not now. All of it can be taken back.
 *
 * @param {{ api: object, userId: string, series: { id: string, name: string, feedback: object | null },
 *   onTaken: (newPicksAsked: boolean) => void, onOut: (isOut: boolean) => void }} pick
 *   `onTaken` is told of everything that was stored, `onOut` whether the series is to leave the picks
 */
export function pickFeedback({ api, userId, series, onTaken, onOut }) {
  const { id: seriesId, name } = series;
  let said = series.feedback ?? NOTHING;
  let sending = Promise.resolve();
  let newest = 0;
  const rating = h(
    'select',
    { 'aria-label': `Rating of ${name}`, onchange: rate },
    h('option', { value: '' }, '–'),
    ...RATINGS.map((value) => h('option', { value }, value)),
  );
  const choices = h('div', { class: 'choices' });
  const notice = h('div', {});
  const element = h(
    'div',
    { class: 'feedback', role: 'group', 'aria-label': `What you say of ${name}` },
    h('label', {}, 'Rating ', rating),
    choices,
    notice,
  );
  show();

  function show() {
    rating.value = said.rating ?? '';
    const isSnoozed = said.snoozedUntil !== null && new Date(said.snoozedUntil) > new Date();
    onOut(said.dismissedAt !== null || isSnoozed);
    if (said.dismissedAt) fill(choices, out('Not interested'), undo(UNDISMISS, { dismissedAt: null }));
    else if (isSnoozed)
      fill(choices, out(`Not before ${day(said.snoozedUntil)}`), undo(UNSNOOZE, { snoozedUntil: null }));
    else fill(choices, dismissal(), delays());
  }

  function dismissal() {
    const dismiss = () => choose(DISMISS, {}, { dismissedAt: new Date().toISOString() }, 'Not interested');
    return button('Not interested', dismiss, { class: 'quiet', 'aria-label': `Not interested in ${name}` });
  }

  function delays() {
    const buttons = Object.entries(DELAYS).map(([label, days]) =>
      button(label, () => {
        const until = new Date(Date.now() + days * DAY_MS).toISOString();
        return choose(SNOOZE, { until }, { snoozedUntil: until }, `Not before ${day(until)}`);
      }),
    );
    return h(
      'details',
      { class: 'delays' },
      h('summary', { 'aria-label': `Not now: ${name}` }, 'Not now'),
      h('div', { class: 'choices' }, ...buttons),
    );
  }

  function undo(document, change) {
    const take = () => choose(document, {}, change, 'Taken back');
    return button('Undo', take, { class: 'quiet', 'aria-label': `Undo for ${name}` });
  }

  /** Sends a choice; what can be chosen then takes the place of what was, and the focus with it. */
  async function choose(document, more, change, message) {
    if (!(await send(document, more, change))) return;
    show();
    choices.querySelector('button').focus();
    announce(`${name}: ${message}`);
  }

  /** Keys step through the ratings one by one: what was stepped over meanwhile is not sent. */
  function rate() {
    const value = rating.value === '' ? null : Number(rating.value);
    const mine = ++newest;
    sending = sending.then(async () => {
      if (mine !== newest) return;
      const isTaken = await send(RATE, { rating: value }, { rating: value });
      if (mine !== newest) return;
      if (!isTaken) rating.value = said.rating ?? '';
      else announce(`${name}: ${value === null ? 'rating taken back' : `rated ${value} of 10`}`);
    });
  }

  async function send(document, more, change) {
    fill(notice);
    try {
      const { newPicksAsked } = await api.mutate(document, { userId, seriesId, ...more });
      said = { ...said, ...change };
      onTaken(newPicksAsked);
      return true;
    } catch (error) {
      fill(notice, alert(error));
      return false;
    }
  }

  return element;
}

function out(text) {
  return h('span', { class: 'muted' }, text);
}
