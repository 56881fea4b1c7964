/** The form of one memory: filled from a pattern, read into fields, and marked where a value was refused. */

import { byId } from "./element.js";
import { figure } from "./format.js";
import { PramanaError } from "./pramana.js";
import { explain } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Pattern} Pattern */
/** @typedef {import("../types/pramana.d.ts").PatternFields} PatternFields */

const form = byId("editor", HTMLFormElement);
const general = byId("form-problem", HTMLElement);
const score = byId("f-score", HTMLInputElement);
const scoreOutput = byId("score-output", HTMLOutputElement);

const TEXTS = /** @type {const} */ (["title", "strategy", "description", "content"]);
const NEW = { task_category: "", success_score: 0.5 };

score.addEventListener("input", showScore);

/** @param {Partial<Pattern>} pattern what to start from */
export function fill(pattern) {
  const from = { ...NEW, ...pattern };
  control("task_description").value = from.task_description ?? "";
  control("task_category").value = from.task_category;
  for (const name of TEXTS) control(name).value = from[name] ?? "";
  control("success_score").value = String(from.success_score);
  control("tags").value = (from.tags ?? []).join(", ");
  const metadata = from.metadata ?? {};
  control("metadata").value = Object.keys(metadata).length ? JSON.stringify(metadata, null, 2) : "";
  showScore();
  clearProblems();
}

/**
 * @returns {PatternFields}
 * @throws {PramanaError} `invalid_input`: there is no task, or the metadata is not a JSON object
 */
export function read() {
  if (!control("task_description").value.trim()) {
    throw new PramanaError("invalid_input", "Say what the task was.", { field: "task_description" });
  }
  /** @type {PatternFields} */
  const fields = {
    task_description: control("task_description").value.trim(),
    task_category: control("task_category").value.trim() || "general",
    success_score: Number(control("success_score").value),
    tags: control("tags")
      .value.split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
    metadata: readMetadata(control("metadata").value),
  };
  for (const name of TEXTS) fields[name] = control(name).value.trim();
  return fields;
}

/**
 * Only what differs, so that another tab's change to another field is kept.
 * @param {Record<string, any>} pattern
 * @param {Record<string, any>} fields
 * @returns {Partial<PatternFields>}
 */
export function changes(pattern, fields) {
  const same = (/** @type {string} */ name) => JSON.stringify(pattern[name]) === JSON.stringify(fields[name]);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !same(name)));
}

/** The form's raw values as one string: equal strings mean that nothing was typed. */
export function fingerprint() {
  return JSON.stringify([...new FormData(form).entries()]);
}

/**
 * Show the problem at the field that the error names, else at the foot of the form.
 * @param {unknown} error
 */
export function showProblem(error) {
  clearProblems();
  const named = error instanceof PramanaError ? String(error.details.field ?? "") : "";
  // "tags[3]" and "metadata.a" belong to the fields "tags" and "metadata".
  const field = named.split(/[.[]/, 1)[0];
  const line = field ? form.querySelector(`[data-field="${CSS.escape(field)}"] .problem`) : null;
  if (!line) {
    general.textContent = explain(error);
    return;
  }
  const refused = control(field);
  line.textContent = explain(error, labelOf(refused));
  refused.setAttribute("aria-invalid", "true");
  refused.focus({ preventScroll: true });
  // The whole field, with its label above and the problem below it.
  refused.closest(".field")?.scrollIntoView({ block: "nearest" });
}

/** @param {string} text */
export function warn(text) {
  general.textContent = text;
}

export function clearProblems() {
  for (const line of form.querySelectorAll(".problem")) line.textContent = "";
  for (const refused of form.querySelectorAll("[aria-invalid]")) refused.removeAttribute("aria-invalid");
}

/**
 * @param {string} name
 * @returns {HTMLInputElement | HTMLTextAreaElement}
 */
function control(name) {
  const found = form.elements.namedItem(name);
  if (found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement) return found;
  throw new TypeError(`the form has no field "${name}"`);
}

/**
 * The label as it is read, without the hint in it.
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 */
function labelOf(field) {
  return field.labels?.[0]?.firstChild?.textContent?.trim() ?? field.name;
}

/**
 * @param {string} text
 * @returns {Record<string, any>}
 */
function readMetadata(text) {
  if (text.trim() === "") return {};
  let value;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PramanaError("invalid_input", `Not valid JSON: ${reason}`, { field: "metadata" });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new PramanaError("invalid_input", 'Write a JSON object, such as {"team": "web"}.', {
      field: "metadata",
    });
  }
  return value;
}

function showScore() {
  scoreOutput.value = figure(Number(score.value));
}
