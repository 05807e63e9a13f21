import { alert, button, fill, h } from '../dom.js';

/**
 * Asks for name and password of the media server, or for an API key.
 *
 * @param {{ enter: (key: string) => Promise<void>, enterByName: (name: string, password: string) => Promise<void>,
 *   refusal: Error | null }} options `enter` and `enterByName` throw when they are refused; `refusal` says why the key
 *   of before is not good any more
 */
export function signInView({ enter, enterByName, refusal }) {
  const name = h('input', { id: 'name', autocomplete: 'username', spellcheck: 'false', required: true });
  const password = h('input', { id: 'password', type: 'password', autocomplete: 'current-password' });
  const key = h('input', {
    id: 'key',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    placeholder: 'sr_…',
    'aria-describedby': 'key-help',
  });
  const notice = h('div', {}, refusal && alert(refusal));

  /** Tries to enter; what was typed last is at hand to be typed again when it is refused. */
  async function attempt(needed, again, work) {
    fill(notice);
    if (needed.value.trim() === '') {
      needed.focus();
      return;
    }
    try {
      await work(needed.value.trim());
    } catch (error) {
      fill(notice, alert(error));
      again.focus();
      again.select();
    }
  }

  const signIn = button(
    'Sign in',
    () => attempt(name, password, (given) => enterByName(given, password.value)),
    { type: 'submit', class: 'main' },
  );
  const useKey = button('Use this key', () => attempt(key, key, enter), { type: 'submit' });

  return h(
    'section',
    { class: 'card sign-in' },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    notice,
    submittedBy(
      signIn,
      {},
      h('label', { for: 'name' }, 'Name'),
      name,
      h('label', { for: 'password' }, 'Password'),
      password,
      h('p', { class: 'muted small' }, 'As at your media server. You see your own picks and history.'),
    ),
    submittedBy(
      useKey,
      { class: 'by-key' },
      h('label', { for: 'key' }, 'API key'),
      key,
      h(
        'p',
        { id: 'key-help', class: 'muted small' },
        'Shown once when the server first started. It stays in this tab only.',
      ),
    ),
  );
}

/** A form of these fields whose button, or the Enter key, does the work: nothing is sent by the browser. */
function submittedBy(submit, properties, ...fields) {
  return h(
    'form',
    {
      ...properties,
      onsubmit: (event) => event.preventDefault(),
    },
    ...fields,
    submit,
  );
}
