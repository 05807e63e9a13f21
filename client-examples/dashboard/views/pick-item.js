import { h, unseen } from '../dom.js';
import { count, figure, words } from '../format.js';
import { poster } from '../poster.js';
import { pickFeedback } from './pick-feedback.js';

/** Parts of a score that are shown before one asks for all. */
const FIRST_PARTS = 4;

/**
 * A pick with its reasons, the parts of its score, and what can be said of it.
 *
 * @param {{ api: object, userId: string, scale: number, onTaken: (newPicksAsked: boolean) => void }} list
 *   `scale` is the greatest part of all picks
 */
export function pickItem(list, { rank, score, explanation, isRewatch, series, parts, evidence }) {
  const { api, userId, scale, onTaken } = list;
  const facts = [series.year, series.networks[0], series.genres.slice(0, 3).join(', ')].filter(Boolean);
  const ordered = parts
    .filter(({ contribution }) => contribution !== 0)
    .sort((a, b) => isBase(a) - isBase(b) || Math.abs(b.contribution) - Math.abs(a.contribution));
  const rest = ordered.slice(FIRST_PARTS);
  const item = h('li', { class: 'card pick' });
  const onOut = (isOut) => item.classList.toggle('out', isOut);
  item.append(
    h('span', { class: 'rank', 'aria-hidden': 'true' }, rank),
    poster(api, series.posterUrl),
    h(
      'div',
      { class: 'pick-text' },
      h('h2', {}, unseen(`${rank}. `), series.name, ...(isRewatch ? [badge('Rewatch')] : [])),
      h('p', { class: 'muted' }, facts.join(' · ')),
      explanation && h('p', { class: 'reason' }, explanation),
      evidence.length > 0 &&
        h(
          'ul',
          { class: 'evidence', 'aria-label': 'Reasons' },
          ...evidence.map((one) => h('li', {}, reason(one))),
        ),
      pickFeedback({ api, userId, series, onTaken, onOut }),
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
          h('summary', {}, `${rest.length} more ${rest.length === 1 ? 'part' : 'parts'}`),
          partList(rest, scale),
        ),
    ),
  );
  return item;
}

/** What all picks have alike tells nothing of one: it comes last. */
function isBase({ signal }) {
  return signal === 'BASE' ? 1 : 0;
}

function badge(text) {
  return h('span', { class: 'badge' }, text);
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
