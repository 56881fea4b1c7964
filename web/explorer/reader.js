/** One memory to be read, with everything that is known of it. */

import { element } from "./element.js";
import { count, figure, moment } from "./format.js";
import { headingOf, nameOf, outcome } from "./hits.js";

/** @typedef {import("../types/pramana.d.ts").Pattern} Pattern */

/**
 * @param {Pattern} pattern
 * @param {readonly string[]} duplicates ids of memories with the same task
 * @param {(id: string) => void} onOpen called with a duplicate's id
 * @returns {Node[]}
 */
export function readable(pattern, duplicates, onOpen) {
  /** @type {Node[]} */
  const parts = [];
  const name = nameOf(pattern);
  if (headingOf(pattern) !== name) parts.push(element("p", { class: "reader-task" }, name));
  if (name !== pattern.task_description) {
    parts.push(element("p", { class: "reader-task" }, pattern.task_description));
  }
  parts.push(
    element(
      "p",
      { class: "reader-facts" },
      element("span", { class: "hit-category" }, pattern.task_category),
      pattern.strategy ? element("span", {}, pattern.strategy) : null,
      outcome(pattern.success_score),
    ),
  );
  if (pattern.description)
    parts.push(element("p", { class: "reader-text reader-lead" }, pattern.description));
  if (pattern.content) parts.push(element("p", { class: "reader-text" }, pattern.content));
  if (pattern.tags.length) {
    const tags = pattern.tags.map((tag) => element("li", { class: "badge" }, tag));
    parts.push(element("ul", { class: "tags", "aria-label": "Tags" }, ...tags));
  }
  if (Object.keys(pattern.metadata).length) {
    parts.push(element("pre", { "aria-label": "Metadata" }, JSON.stringify(pattern.metadata, null, 2)));
  }
  parts.push(particulars(pattern, duplicates, onOpen));
  return parts;
}

/**
 * @param {Pattern} pattern
 * @param {readonly string[]} duplicates
 * @param {(id: string) => void} onOpen
 */
function particulars(pattern, duplicates, onOpen) {
  const list = element("dl", { class: "particulars" });
  const add = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...value) => {
    list.append(element("dt", {}, name), element("dd", {}, ...value));
  };
  add("Stored", moment(pattern.created_ms));
  add("Used", usage(pattern));
  add("Reliability", figure(pattern.reliability));
  if (pattern.namespace !== "default") add("Namespace", pattern.namespace);
  add("Id", pattern.id);
  for (const id of duplicates) {
    const button = element("button", { type: "button" }, id);
    button.addEventListener("click", () => onOpen(id));
    add("Same task", button);
  }
  return list;
}

/** @param {Pattern} pattern */
function usage({ usage_count, last_used_ms }) {
  if (!usage_count) return "not yet";
  const times = usage_count === 1 ? "once" : `${count(usage_count)} times`;
  return last_used_ms ? `${times}, last ${moment(last_used_ms)}` : times;
}
