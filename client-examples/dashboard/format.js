import { h } from './dom.js';

const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });

/** `SYNC_SERIES`, `seriesAdded` and `nightly-sync` as people write them. */
export function words(name) {
  const text = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number of things. */
export function count(value) {
  return whole.format(value);
}

const precise = new Intl.NumberFormat(LOCALE, { minimumSignificantDigits: 2, maximumSignificantDigits: 2 });

/** A measured value, by its first two digits that say something. */
export function figure(value) {
  return precise.format(value).replace('-', '−');
}

const hundredths = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });

/** A share from 0 to 1. */
export function percent(share) {
  return hundredths.format(share);
}

const dayOfYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A day given as `yyyy-mm-dd`, without its year. */
export function shortDay(text) {
  return dayOfYear.format(new Date(`${text}T00:00:00Z`));
}

const date = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });

/** The day of an RFC 3339 text. */
export function day(text) {
  return date.format(new Date(text));
}

/** A rate, finer when it is small. */
export function rate(perSecond) {
  return `${perSecond < 10 ? tenths.format(perSecond) : whole.format(perSecond)}/s`;
}

/** A time span given in ms. */
export function span(ms) {
  if (ms < 950) return `${whole.format(Math.max(0, ms))}\u00a0ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${tenths.format(seconds)}\u00a0s`;
  if (seconds < 59.5) return `${whole.format(seconds)}\u00a0s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A clock that runs: `0:07`, `12:41`, `1:02:07`. */
export function elapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Time of day of an RFC 3339 text. */
export function timeOfDay(text) {
  return clock.format(new Date(text));
}

/** A point in time as people say it, with the exact one to hover over. */
export function when(text) {
  const point = new Date(text);
  return h('time', { datetime: text, title: moment.format(point) }, ago(point));
}

/** A point in time, exact. */
export function exactly(text) {
  return h('time', { datetime: text }, moment.format(new Date(text)));
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  if (Math.abs(seconds) < 45) return seconds < 0 ? 'just now' : 'in a moment';
  if (Math.abs(seconds) > 20 * 86_400) return moment.format(date);
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size * 0.95 || unit === 'minute')
      return relative.format(Math.round(seconds / size), unit);
  return moment.format(date);
}
