import { alert, button, fill, h } from '../dom.js';

/**
 * Asks for the API key.
 *
 * @param {(key: string) => Promise<void>} signIn throws when the key is refused
 * @param {Error | null} refusal why the key of before is not good any more
 */
export function signInView(signIn, refusal) {
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
  const submit = button('Sign in', tryKey, { class: 'main' });

  async function tryKey() {
    fill(notice);
    if (key.value.trim() === '') {
      key.focus();
      return;
    }
    try {
      await signIn(key.value.trim());
    } catch (error) {
      fill(notice, alert(error));
      key.focus();
      key.select();
    }
  }

  return h(
    'form',
    {
      class: 'card sign-in',
      onsubmit: (event) => {
        event.preventDefault();
        submit.click();
      },
    },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    h('label', { for: 'key' }, 'API key'),
    key,
    h(
      'p',
      { id: 'key-help', class: 'muted small' },
      'Shown once when the server first started. It stays in this tab only.',
    ),
    notice,
    submit,
  );
}
