import { QUALITY } from '../documents.js';
import { alert, fill, h } from '../dom.js';
import { evaluationSection } from './quality-evaluation.js';
import { outcomeSection } from './quality-outcomes.js';

/** How good the picks are: measured on the server's own histories, and by what became of past picks. */
export function qualityView({ api }) {
  const content = h('div', {});
  const element = h('div', {}, h('h1', { tabindex: '-1' }, 'Quality'), content);
  load().catch((error) => fill(content, alert(error)));

  async function load() {
    const { latestEvaluation, byWeek, byVersion } = await api.query(QUALITY);
    fill(content, evaluationSection(latestEvaluation), outcomeSection(byWeek, byVersion));
  }

  return { element, title: 'Quality', close() {} };
}
