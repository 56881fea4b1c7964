/** The side panel, in which one memory is read, written or deleted. */

import { changes, clearProblems, fill, fingerprint, read, showProblem, warn } from "./editor.js";
import { byId } from "./element.js";
import { figure } from "./format.js";
import { headingOf } from "./hits.js";
import { exclusive } from "./latest.js";
import { PramanaError } from "./pramana.js";
import { readable } from "./reader.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */
/** @typedef {import("../types/pramana.d.ts").Pattern} Pattern */

const panel = byId("panel", HTMLDialogElement);
const heading = byId("panel-title", HTMLElement);
const reader = byId("reader", HTMLElement);
const form = byId("editor", HTMLFormElement);
const save = byId("save", HTMLButtonElement);
const question = byId("delete-confirm", HTMLElement);
const actions = byId("reader-actions", HTMLElement);

/**
 * @param {object} options
 * @param {Memory} options.memory
 * @param {(text: string) => void} options.onWritten called after a write, with what was done
 * @param {(id: string | null) => void} options.onClosed called with the memory that was open
 * @param {(error: unknown) => void} options.onError
 */
export function createPanel({ memory, onWritten, onClosed, onError }) {
  /** @type {Pattern | null} */
  let shown = null;
  /** Its duplicates, where a search told them. @type {readonly string[]} */
  let repeats = [];
  /** The form as it was opened; "" while nothing is being written. */
  let opened = "";
  let warned = false;

  /**
   * @param {string} id
   * @param {readonly string[]} [duplicates]
   */
  async function openReader(id, duplicates = []) {
    const found = await memory.getPattern(id);
    if (!found) throw new PramanaError("not_found", "This memory is gone: another tab deleted it.");
    shown = found;
    repeats = duplicates;
    opened = "";
    heading.textContent = headingOf(shown);
    const body = byId("reader-body", HTMLElement);
    body.replaceChildren(...readable(shown, duplicates, (other) => openReader(other).catch(onError)));
    body.scrollTop = 0;
    reveal(reader);
    heading.focus();
  }

  /**
   * @param {Pattern | null} pattern null for a new one
   * @param {string} [category] of a new one
   */
  function openEditor(pattern, category = "") {
    shown = pattern;
    heading.textContent = pattern ? "Edit memory" : "New memory";
    save.textContent = pattern ? "Save changes" : "Store memory";
    fill(pattern ?? { task_category: category });
    opened = fingerprint();
    warned = false;
    reveal(form);
    byId("f-task", HTMLTextAreaElement).focus();
  }

  /** @param {HTMLElement} part */
  function reveal(part) {
    reader.hidden = part !== reader;
    form.hidden = part !== form;
    askToDelete(false);
    if (!panel.open) panel.showModal();
  }

  /** @param {boolean} asking */
  function askToDelete(asking) {
    question.hidden = !asking;
    actions.hidden = asking;
  }

  /** @returns {boolean} whether the panel may close, or the user has been warned */
  function mayLeave() {
    if (!opened || warned || opened === fingerprint()) return true;
    warned = true;
    warn("There are unsaved changes. Close again to drop them.");
    return false;
  }

  function leave() {
    if (mayLeave()) panel.close();
  }

  async function store() {
    clearProblems();
    const fields = read();
    if (shown) {
      const changed = changes(shown, fields);
      if (Object.keys(changed).length) await memory.updatePattern(shown.id, changed);
    } else {
      await memory.storePattern(fields);
    }
    opened = "";
    const text = shown ? "The changes are stored." : "Stored. It can be found now.";
    panel.close();
    onWritten(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    exclusive(save, store).catch(showProblem);
  });
  form.addEventListener("input", () => {
    warned = false;
    warn("");
  });
  // Ctrl or Cmd with Enter saves from a text area too.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(save);
  });

  on("edit", async () => openEditor(shown));
  on("editor-cancel", async () => leave());
  on("panel-close", async () => leave());
  on("delete", async () => {
    askToDelete(true);
    byId("delete-no", HTMLButtonElement).focus();
  });
  on("delete-no", async () => {
    askToDelete(false);
    byId("delete", HTMLButtonElement).focus();
  });
  on("delete-yes", async () => {
    if (!shown) return;
    await memory.deletePattern(shown.id);
    panel.close();
    onWritten("Deleted.");
  });
  on("helped", () => judge("helped", true));
  on("not-helped", () => judge("not-helped", false));

  /**
   * Count a use, which moves the reliability.
   * @param {string} id of the button
   * @param {boolean} success
   */
  async function judge(id, success) {
    if (!shown) return;
    const before = shown;
    const button = byId(id, HTMLButtonElement);
    await exclusive(button, async () => {
      await memory.used([before.id], { success });
      await openReader(before.id, repeats);
    });
    button.focus();
    const change = `${figure(before.reliability)} to ${figure(shown.reliability)}`;
    onWritten(`Noted that it ${success ? "helped" : "did not help"}. Reliability: ${change}.`);
  }

  panel.addEventListener("cancel", (event) => {
    if (!mayLeave()) event.preventDefault();
  });
  // The backdrop belongs to the dialog element; its own content fills the rest.
  panel.addEventListener("pointerdown", (event) => {
    const box = panel.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right;
    if (event.target === panel && outside) leave();
  });
  panel.addEventListener("close", () => {
    opened = "";
    onClosed(shown?.id ?? null);
  });

  /**
   * @param {string} id of a button
   * @param {() => Promise<void>} run
   */
  function on(id, run) {
    const button = byId(id, HTMLButtonElement);
    button.addEventListener("click", () => {
      run().catch(onError);
    });
  }

  return { openReader, openEditor };
}
