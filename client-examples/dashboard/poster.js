import { h } from './dom.js';

/** Pixels asked for: twice what is shown, for screens that are twice as fine. */
const WIDTH = 160;

/**
 * The poster of a series, fetched once it comes into view. An `img` cannot send the key, so that the picture is fetched
 * and shown from memory. The name stands beside it: for screen readers it says nothing more.
 *
 * @param {{ picture: (path: string) => Promise<Blob> }} api
 * @param {string | null} path `posterUrl` of the series
 */
export function poster(api, path) {
  const image = h('img', { class: 'poster', alt: '', width: 80, height: 120, hidden: true });
  const frame = h('span', { class: 'poster-frame', 'aria-hidden': 'true' }, image);
  if (path === null) return frame;
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    // A picture that does not come leaves its empty frame.
    api.picture(`${path}&width=${WIDTH}`).then(show, () => {});
  });
  seen.observe(frame);

  function show(picture) {
    const url = URL.createObjectURL(picture);
    image.addEventListener('load', () => URL.revokeObjectURL(url), { once: true });
    image.addEventListener('error', () => URL.revokeObjectURL(url), { once: true });
    image.src = url;
    image.hidden = false;
  }

  return frame;
}
