import { FEEDBACK } from '../documents.js';
import { button, fill, h } from '../dom.js';
import { pickFeedback } from './pick-feedback.js';

/**
 * What a user said of series, the latest first, to be changed or taken back: what is rated, dismissed or put off is among
 * the picks no more.
 *
 * @param {{ api: object, onTaken: (newPicksAsked: boolean) => void }} view
 */
export function feedbackList({ api, onTaken }) {
  const rows = h('ul', { class: 'card rows' });
  const more = button('More', () => load(false), { hidden: true });
  const element = h(
    'section',
    { 'aria-labelledby': 'feedback', hidden: true },
    h('h2', { id: 'feedback' }, 'Rated, dismissed and put off'),
    rows,
    more,
  );
  let userId = null;
  let after = null;

  async function load(isFirst) {
    const id = userId;
    const { user } = await api.query(FEEDBACK, { id, after: isFirst ? null : after });
    if (id !== userId || !user) return;
    const { nodes, pageInfo } = user.feedback;
    const items = nodes.map((feedback) => row(feedback, id));
    if (isFirst) fill(rows, ...items);
    else rows.append(...items);
    after = pageInfo.endCursor;
    more.hidden = !pageInfo.hasNextPage;
    element.hidden = rows.childElementCount === 0;
  }

  function row({ series, ...feedback }, id) {
    const said = pickFeedback({ api, userId: id, series: { ...series, feedback }, onTaken, onOut() {} });
    return h('li', { class: 'row said' }, h('h3', {}, series.name), said);
  }

  return {
    element,
    /** Shows what this user said. Throws ApiError. */
    show(id) {
      userId = id;
      return load(true);
    },
  };
}
