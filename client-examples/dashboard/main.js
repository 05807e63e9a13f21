import { ApiError, createApi } from './api.js';
import { ME, SIGN_IN, SIGN_OUT } from './documents.js';
import { button, fill, h, setAttribute, setText } from './dom.js';
import { createLiveRuns } from './live-runs.js';
import { forgetKey, storedKey, storeKey, takeKeyFromAddress } from './session.js';
import { createSocket } from './socket.js';
import { jobsView } from './views/jobs.js';
import { picksView } from './views/picks.js';
import { qualityView } from './views/quality.js';
import { runDetailView } from './views/run-detail.js';
import { runsView } from './views/runs.js';
import { schedulesView } from './views/schedules.js';
import { seriesView } from './views/series.js';
import { signInView } from './views/sign-in.js';

const GRAPHQL = new URL('/graphql', location.href);
const REFUSED = new ApiError({
  code: 'UNAUTHENTICATED',
  message: 'The server refused this key.',
  remedy: 'Check that it is complete and has not been revoked or expired.',
});

/** Views by the first part of the address, in the order of the navigation. */
const VIEWS = {
  jobs: { label: 'Jobs', open: (app) => jobsView(app), forOperators: true },
  runs: {
    label: 'Runs',
    open: (app, id) => (id ? runDetailView(app, id) : runsView(app)),
    forOperators: true,
  },
  schedules: { label: 'Schedules', open: (app) => schedulesView(app), forOperators: true },
  picks: { label: 'Picks', open: (app, id) => picksView(app, id) },
  quality: { label: 'Quality', open: (app) => qualityView(app), forOperators: true },
  series: { label: 'Series', open: (app) => seriesView(app) },
};

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const session = document.getElementById('session');
let app = null;
let view = null;

/** Enters with a key; throws when the server does not take it. */
async function enter(key) {
  let isIn = false;
  const leaveRefused = () => isIn && leave(REFUSED);
  const api = createApi({ url: GRAPHQL.href, key, onRefused: leaveRefused });
  const { me } = await api.query(ME).catch((error) => {
    throw error.code === 'UNAUTHENTICATED' ? REFUSED : error;
  });
  isIn = true;
  storeKey(key);
  const state = h('span', { class: 'connection', role: 'status' });
  const socket = createSocket({
    url: GRAPHQL.href.replace(/^http/, 'ws'),
    key,
    onState: (name) => showConnection(state, name),
    onRefused: leaveRefused,
  });
  const live = me.role === 'VIEWER' ? null : createLiveRuns({ api, socket });
  app = { api, socket, live, me };
  fill(
    session,
    state,
    h(
      'span',
      { class: 'caller' },
      h('span', {}, me.name),
      h('span', { class: 'muted' }, me.role.toLowerCase()),
    ),
    button('Sign out', signOut, { class: 'quiet' }),
  );
  fill(
    nav,
    ...allowedViews().map(([name, { label }]) => h('a', { href: `#/${name}`, 'data-view': name }, label)),
  );
  nav.hidden = false;
  session.hidden = false;
  route();
}

/** Enters with a name and password of the media server; throws when they are refused. */
async function enterByName(name, password) {
  const open = createApi({ url: GRAPHQL.href, key: null, onRefused: () => undefined });
  const { key } = await open.mutate(SIGN_IN, { input: { name, password } });
  await enter(key);
}

/** Signs out on the server too. A key that an administrator made stays valid: the server says so, which is no news. */
function signOut() {
  app.api.mutate(SIGN_OUT).catch(() => undefined);
  leave(null);
}

/** Ends the session and asks for a key. */
function leave(refusal) {
  forgetKey();
  view?.close();
  app?.live?.close();
  app?.socket.close();
  view = null;
  app = null;
  nav.hidden = true;
  session.hidden = true;
  askForKey(refusal);
}

function askForKey(refusal) {
  document.title = 'Sign in – Showrunner';
  fill(main, signInView({ enter, enterByName, refusal }));
  document.getElementById('name').focus();
}

function showConnection(element, name) {
  const text = { connecting: 'Connecting', live: 'Live', waiting: 'Reconnecting' }[name];
  setAttribute(element, 'data-state', name);
  setText(element, text);
}

function allowedViews() {
  return Object.entries(VIEWS).filter(([, { forOperators }]) => !forOperators || app.me.role !== 'VIEWER');
}

function route() {
  if (!app) return;
  const [, asked = '', id] = /^#\/([a-z]+)(?:\/(.+))?$/.exec(location.hash) ?? [];
  const allowed = allowedViews();
  const [name, { open }] = allowed.find(([each]) => each === asked) ?? allowed[0];
  const isFirst = view === null;
  view?.close();
  view = open(app, id && decodeURIComponent(id));
  fill(main, view.element);
  for (const link of nav.children) setAttribute(link, 'aria-current', link.dataset.view === name && 'page');
  nav.querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  document.title = `${view.title} – Showrunner`;
  if (isFirst) return;
  window.scrollTo(0, 0);
  main.querySelector('h1')?.focus({ preventScroll: true });
}

async function begin() {
  takeKeyFromAddress();
  const key = storedKey();
  if (!key) return askForKey(null);
  try {
    await enter(key);
  } catch (error) {
    if (error.code === 'UNAUTHENTICATED') forgetKey();
    askForKey(error);
  }
  return undefined;
}

window.addEventListener('hashchange', () => {
  if (!location.hash.startsWith('#key=')) return route();
  takeKeyFromAddress();
  if (app) leave(null);
  else fill(main);
  return begin();
});
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
begin();
