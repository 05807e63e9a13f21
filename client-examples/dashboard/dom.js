/**
 * Makes an element. Properties whose value is a function are listeners (`onclick`), all others are attributes; `true`
 * is an empty attribute, `false`, null and undefined are left out. Children are nodes or texts, never markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string | number | null | undefined | false | readonly unknown[])} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...present(children));
  return element;
}

/** Sets or removes an attribute, and only when that changes something. */
export function setAttribute(element, name, value) {
  const isOff = value === undefined || value === null || value === false;
  if (isOff) element.removeAttribute(name);
  else if (element.getAttribute(name) !== attributeText(value))
    element.setAttribute(name, attributeText(value));
}

/** Sets an element's text, and only when that changes something: selections and screen readers stay undisturbed. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

/** A button that is out of order while its work runs, so that nobody starts it twice. */
export function button(label, work, properties = {}) {
  const element = h('button', { type: 'button', ...properties }, label);
  element.addEventListener('click', async () => {
    element.disabled = true;
    try {
      await work();
    } finally {
      element.disabled = false;
    }
  });
  return element;
}

/** A refusal or failure with what to do about it, read out at once. */
export function alert(error, ...more) {
  return h(
    'div',
    { class: 'alert', role: 'alert' },
    h('p', {}, error.message),
    error.remedy && h('p', { class: 'muted' }, error.remedy),
    ...more,
  );
}

/** Text for screen readers only. */
export function unseen(text) {
  return h('span', { class: 'unseen' }, text);
}

let lastAnnounced = '';

/** Tells screen readers something, politely. */
export function announce(text) {
  if (text === lastAnnounced) return;
  lastAnnounced = text;
  setText(document.getElementById('announcer'), text);
}

function attributeText(value) {
  return value === true ? '' : String(value);
}

function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}
