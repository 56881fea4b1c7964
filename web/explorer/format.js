/** Numbers, sizes and times as the page shows them. Intl formatters are slow to make, so each is made once. */

const LANGUAGE = document.documentElement.lang || "en";
const integers = new Intl.NumberFormat(LANGUAGE);
const dates = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const distances = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const plurals = new Intl.PluralRules(LANGUAGE);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @param {number} value a whole number */
export function count(value) {
  return integers.format(value);
}

/**
 * "1 memory", "3 memories".
 * @param {number} value
 * @param {string} one
 * @param {string} many
 */
export function counted(value, one, many) {
  return `${count(value)} ${noun(value, one, many)}`;
}

/**
 * @param {number} value
 * @param {string} one
 * @param {string} many
 */
export function noun(value, one, many) {
  return plurals.select(value) === "one" ? one : many;
}

/**
 * A text cut to what a line can show; whole characters, so that no surrogate is left alone.
 * @param {string} text
 * @param {number} [most] characters
 */
export function excerpt(text, most = 80) {
  // Twice as many code units are enough for `most` characters: a text may be very long.
  const characters = [...text.slice(0, 2 * most)];
  return characters.length > most
    ? `${characters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : text;
}

/** @param {number} value a score or a part of one */
export function figure(value) {
  return value.toFixed(2);
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${count(bytes)} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** @param {number} ms a duration */
export function duration(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * How long ago, to a week; later the date.
 * @param {number} ms since 1970
 */
export function ago(ms) {
  const age = Date.now() - ms;
  if (age < MINUTE_MS) return "just now";
  if (age < HOUR_MS) return distances.format(-Math.floor(age / MINUTE_MS), "minute");
  if (age < DAY_MS) return distances.format(-Math.floor(age / HOUR_MS), "hour");
  if (age < 7 * DAY_MS) return distances.format(-Math.floor(age / DAY_MS), "day");
  return dates.format(ms);
}

/** @param {number} ms since 1970 */
export function moment(ms) {
  return moments.format(ms);
}

/** @param {number} ms since 1970 */
export function isoDay(ms) {
  return new Date(ms).toISOString().slice(0, 10);
}
