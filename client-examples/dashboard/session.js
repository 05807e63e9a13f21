const STORED = 'showrunner-key';

/** The key of this browser tab; null when nobody is signed in. */
export function storedKey() {
  return sessionStorage.getItem(STORED);
}

/** Remembers the key until the tab is closed. */
export function storeKey(key) {
  sessionStorage.setItem(STORED, key);
}

/** Forgets the key. */
export function forgetKey() {
  sessionStorage.removeItem(STORED);
}

/** Takes a key out of an address such as `/#key=sr_…`, and out of the address bar and the browser's history. */
export function takeKeyFromAddress() {
  const given = /^#key=(.+)$/.exec(location.hash)?.[1];
  if (!given) return;
  storeKey(decodeURIComponent(given));
  history.replaceState(null, '', location.pathname);
}
