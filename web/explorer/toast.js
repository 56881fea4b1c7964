/** Notices at the foot of the page: what was done, and what went wrong and can be done about it. */

import { byId, element } from "./element.js";
import { PramanaError } from "./pramana.js";

/** @typedef {{label: string, run: () => void}} Action */

const NOTICE_MS = 5_000;
/** There has to be time to reach its button. */
const OFFER_MS = 15_000;

/**
 * What a person can do about an error, by its code.
 * @type {Record<string, Action>}
 */
const REMEDIES = {
  protocol_mismatch: { label: "Reload", run: reload },
  version_changed: { label: "Reload", run: reload },
  upgrade_blocked: { label: "Try again", run: reload },
  in_use: { label: "Try again", run: reload },
  closed: { label: "Reload", run: reload },
  epoch_lost: { label: "Reload", run: reload },
  boot_failed: { label: "Try again", run: reload },
  kernel_hash_mismatch: { label: "Reload", run: reload },
  storage_unavailable: { label: "Use a memory that ends with this page", run: openTemporary },
  quota_exceeded: { label: "Export a copy", run: () => byId("export", HTMLButtonElement).click() },
};

/**
 * @param {unknown} error
 * @returns {Action | null}
 */
export function remedy(error) {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REMEDIES[code] ?? null;
}

/**
 * @param {unknown} error
 * @param {string} [name] what people call the refused value, in place of the field's own name
 */
export function explain(error, name) {
  if (name && error instanceof PramanaError && typeof error.details.accepted === "string") {
    return `${name} must be ${error.details.accepted}.`;
  }
  return error instanceof Error && error.message ? error.message : String(error);
}

/**
 * Say that something was done; it goes by itself, or when its action is taken.
 * @param {string} text
 * @param {Action | null} [action]
 */
export function notify(text, action = null) {
  clearToasts();
  const toast = show(text, "notice", action);
  toast.querySelector("button")?.addEventListener("click", () => toast.remove());
  setTimeout(() => toast.remove(), action ? OFFER_MS : NOTICE_MS);
}

/** Take away what is over: what was done before, and what went wrong without anything to be done about it. */
export function clearToasts() {
  for (const older of document.querySelectorAll(".toast:not([data-remedy])")) older.remove();
}

/**
 * Say what went wrong; it stays until it is dismissed, or over.
 * @param {unknown} error
 */
export function report(error) {
  console.error(error);
  const text = explain(error);
  // What goes wrong again is said once.
  for (const older of document.querySelectorAll('.toast[data-kind="error"]')) {
    if (older.firstElementChild?.textContent === text) older.remove();
  }
  show(text, "error", remedy(error));
}

/**
 * @param {string} text
 * @param {"notice" | "error"} kind
 * @param {Action | null} action
 */
function show(text, kind, action) {
  const toast = element("div", { class: "toast", "data-kind": kind }, element("span", {}, text));
  if (action) toast.append(button(action.label, action.run));
  if (kind === "error" && action) toast.dataset.remedy = "";
  if (kind === "error") toast.append(button("Dismiss", () => toast.remove()));
  const area = byId("toasts", HTMLDivElement);
  // What lies outside an open modal dialog is inert: neither seen above it nor read out.
  const home = document.querySelector("dialog[open]") ?? document.body;
  if (area.parentElement !== home) {
    home.append(area);
    home.addEventListener("close", () => document.body.append(area), { once: true });
  }
  area.append(toast);
  return toast;
}

/**
 * @param {string} label
 * @param {() => void} run
 */
function button(label, run) {
  const made = element("button", { type: "button" }, label);
  made.addEventListener("click", run);
  return made;
}

function reload() {
  location.reload();
}

function openTemporary() {
  location.search = "?db=:memory:";
}
