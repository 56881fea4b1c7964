/** Memories as entries of the list: found ones with the parts of their score, others with their age. */

import { element } from "./element.js";
import { ago, counted, excerpt, figure, moment } from "./format.js";

/** @typedef {import("../types/pramana.d.ts").Pattern} Pattern */
/** @typedef {import("../types/pramana.d.ts").Hit} Hit */

/** The parts drawn as bars. All but bm25 are fractions; cosine is drawn from 0. */
const PARTS = ["cosine", "bm25", "recency", "reliability", "category"];

/** A name may be a task of thousands of characters. */
const HEADING_CHARS = 160;

/** Below this cosine, and without a word in common, a hit is only the least distant (the box's embedder). */
const NEAR_FROM = 0.25;

/** From here up it worked, below `FAILED_BELOW` it failed, and between lie mixed results. */
const WORKED_FROM = 0.7;
const FAILED_BELOW = 0.4;

/**
 * @param {Hit[]} hits
 * @returns {HTMLLIElement[]}
 */
export function hitEntries(hits) {
  const bestBm25 = Math.max(0, ...hits.map(({ parts }) => parts.bm25 ?? 0));
  return hits.map((hit) => {
    const badges = [];
    if (hit.parts.exact) {
      badges.push(element("span", { class: "badge exact", "data-part": "exact" }, "exact match"));
    }
    if (hit.duplicates.length) {
      const same = counted(hit.duplicates.length, "duplicate", "duplicates");
      badges.push(
        element("span", { class: "badge hit-duplicates", title: "with the same task" }, `+ ${same}`),
      );
    }
    const made = entry(hit.pattern, badges, reasons(hit, bestBm25));
    made.dataset.near = String(isNear(hit));
    return made;
  });
}

/** @param {Hit} hit */
export function isNear({ similarity, parts }) {
  return similarity >= NEAR_FROM || (parts.bm25 ?? 0) > 0;
}

/**
 * @param {Pattern[]} patterns
 * @returns {HTMLLIElement[]}
 */
export function patternEntries(patterns) {
  return patterns.map((pattern) =>
    entry(
      pattern,
      [],
      element(
        "time",
        {
          class: "hit-when",
          datetime: new Date(pattern.created_ms).toISOString(),
          title: moment(pattern.created_ms),
        },
        ago(pattern.created_ms),
      ),
    ),
  );
}

/** @param {Pattern} pattern */
export function nameOf(pattern) {
  return pattern.title || pattern.task_description;
}

/** @param {Pattern} pattern */
export function headingOf(pattern) {
  return excerpt(nameOf(pattern), HEADING_CHARS);
}

/** @param {number} score success_score */
export function outcome(score) {
  const word = score >= WORKED_FROM ? "worked" : score < FAILED_BELOW ? "failed" : "mixed";
  return element("span", { class: "outcome", "data-outcome": word }, `${word} ${figure(score)}`);
}

/**
 * @param {Pattern} pattern
 * @param {HTMLElement[]} badges
 * @param {HTMLElement} aside
 */
function entry(pattern, badges, aside) {
  const text = pattern.description || pattern.content;
  return element(
    "li",
    { class: "hit", "data-id": pattern.id },
    element(
      "div",
      { class: "hit-body" },
      element(
        "h2",
        { class: "hit-name" },
        element("button", { type: "button", class: "hit-title", tabindex: "-1" }, headingOf(pattern)),
      ),
      pattern.title ? element("p", { class: "hit-task" }, pattern.task_description) : null,
      text ? element("p", { class: "hit-text" }, text) : null,
      element(
        "p",
        { class: "hit-facts" },
        element("span", { class: "hit-category" }, pattern.task_category),
        element("span", { class: "hit-strategy" }, pattern.strategy),
        outcome(pattern.success_score),
        pattern.namespace === "default"
          ? null
          : element("span", { class: "badge", title: "namespace" }, pattern.namespace),
        ...badges,
      ),
    ),
    aside,
  );
}

/**
 * @param {Hit} hit
 * @param {number} bestBm25 of the hits shown; BM25 has no upper end of its own
 */
function reasons({ score, similarity, parts }, bestBm25) {
  return element(
    "div",
    { class: "hit-why" },
    element(
      "p",
      { class: "hit-figures" },
      element("span", {}, element("span", { class: "hit-similarity" }, figure(similarity)), " similarity"),
      element("span", {}, "score ", element("span", { class: "hit-score" }, figure(score))),
    ),
    element(
      "dl",
      { class: "parts" },
      ...PARTS.filter((name) => name in parts).map((name) =>
        part(name, parts[name], name === "bm25" ? bestBm25 : 1),
      ),
    ),
  );
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} full the value of a full bar
 */
function part(name, value, full) {
  const bar = element("span", { class: "bar" });
  bar.style.setProperty("--fill", String(full > 0 ? Math.min(1, Math.max(0, value / full)) : 0));
  return element(
    "div",
    { "data-part": name },
    element("dt", {}, name),
    element("dd", {}, bar, element("span", { class: "part-value" }, figure(value))),
  );
}
