import { h, setAttribute, setText } from '../dom.js';
import { words } from '../format.js';

/** The state of a run or workflow as a word with a coloured dot before it. */
export function stateMark(state) {
  const element = h('span', { class: 'state' });
  setState(element, state);
  return element;
}

/** Changes the mark. */
export function setState(element, state) {
  setAttribute(element, 'data-state', state);
  setText(element, words(state));
}
