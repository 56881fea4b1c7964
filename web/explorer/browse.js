/** The list in the middle: the newest memories, or while something is searched for, the hits. */

import { chosenCategory, onCategoryChange } from "./categories.js";
import { byId } from "./element.js";
import { count, counted, duration, excerpt } from "./format.js";
import { hitEntries, isNear, patternEntries } from "./hits.js";
import { debounced, Latest } from "./latest.js";
import { PramanaError } from "./pramana.js";
import { explain } from "./toast.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */
/**
 * @typedef {object} View
 * @property {string} query
 * @property {string} category
 * @property {HTMLLIElement[]} entries
 * @property {boolean} more
 * @property {boolean} far nothing of it comes near the query
 * @property {string} refused why the query was not accepted, else ""
 * @property {number} latencyMs
 */

const PAGE = 20;
const TYPING_MS = 80;

const search = byId("search", HTMLInputElement);
const results = byId("results", HTMLOListElement);
const summary = byId("summary", HTMLElement);
const more = byId("more", HTMLButtonElement);
const nothing = byId("nothing", HTMLElement);

/**
 * @param {object} options
 * @param {Memory} options.memory
 * @param {(id: string, duplicates: readonly string[]) => void} options.onOpen
 * @param {(ms: number) => void} options.onLatency
 * @param {(error: unknown) => void} options.onError
 */
export function createBrowse({ memory, onOpen, onLatency, onError }) {
  const latest = new Latest();
  /** How many entries are wanted; "show more" raises it. */
  let wanted = PAGE;
  /** Where the next page of the listing starts, null at its end. */
  /** @type {string | null} */
  let cursor = null;
  /** @type {Map<string, readonly string[]>} */
  let duplicates = new Map();

  /** @param {AbortSignal} signal @returns {Promise<View>} */
  async function fetchView(signal) {
    const query = search.value.trim();
    const category = chosenCategory();
    const started = performance.now();
    if (!query) {
      const page = await memory.list({ ...scope(), limit: wanted, signal });
      const latencyMs = performance.now() - started;
      if (!signal.aborted) {
        cursor = page.cursor;
        duplicates = new Map();
      }
      return {
        query,
        category,
        entries: patternEntries(page.patterns),
        more: page.cursor !== null,
        far: false,
        refused: "",
        latencyMs,
      };
    }
    let hits = [];
    try {
      hits = await memory.findSimilar(query, { ...scope(), k: wanted, signal });
    } catch (error) {
      if (!(error instanceof PramanaError) || error.details.field !== "task") throw error;
      const refused = explain(error, "A search");
      return { query, category, entries: [], more: false, far: false, refused, latencyMs: 0 };
    }
    const latencyMs = performance.now() - started;
    if (!signal.aborted) duplicates = new Map(hits.map((hit) => [hit.pattern.id, hit.duplicates]));
    const far = hits.length > 0 && !hits.some(isNear);
    const entries = hitEntries(hits);
    return { query, category, entries, more: hits.length === wanted, far, refused: "", latencyMs };
  }

  /** Show what the field and the filter ask for; the focused entry keeps the focus if it is still there. */
  async function show() {
    const view = await latest.run(fetchView);
    if (!view) return;
    const focusedId = entryOf(document.activeElement)?.dataset.id;
    results.dataset.mode = view.query ? "search" : "list";
    results.replaceChildren(...view.entries);
    document.documentElement.dataset.query = view.query;
    more.hidden = !view.more;
    describe(view);
    if (!view.refused) onLatency(view.latencyMs);
    if (focusedId !== undefined && !view.entries.length) search.focus();
    enter(
      titles().find((title) => entryOf(title)?.dataset.id === focusedId) ?? titles()[0],
      focusedId !== undefined,
    );
  }

  async function showMore() {
    const firstNew = results.children.length;
    wanted = firstNew + PAGE;
    if (search.value.trim() || cursor === null) {
      await show();
    } else {
      const from = cursor;
      const page = await latest.run((signal) =>
        memory.list({ ...scope(), cursor: from, limit: PAGE, signal }),
      );
      if (!page) return;
      cursor = page.cursor;
      results.append(...patternEntries(page.patterns));
      more.hidden = page.cursor === null;
    }
    enter(titles()[firstNew], true);
  }

  function restart() {
    wanted = PAGE;
    show().catch(onError);
  }

  const typed = debounced(restart, TYPING_MS);
  search.addEventListener("input", typed.call);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && titles().length) {
      event.preventDefault();
      enter(titles()[0], true);
    } else if (event.key === "Enter" && !event.isComposing) {
      typed.now();
    } else if (event.key === "Escape" && search.value) {
      event.preventDefault();
      search.value = "";
      typed.now();
    }
  });
  onCategoryChange(restart);
  more.addEventListener("click", () => {
    showMore().catch(onError);
  });
  results.addEventListener("click", (event) => {
    const id = entryOf(event.target)?.dataset.id;
    if (id) onOpen(id, duplicates.get(id) ?? []);
  });
  results.addEventListener("keydown", moveWithin);
  results.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLButtonElement) enter(event.target, false);
  });

  return {
    show,
    /**
     * Put the focus on an entry, or on the search field where it is gone.
     * @param {string} id
     */
    focus(id) {
      const title = titles().find((one) => entryOf(one)?.dataset.id === id);
      if (title) enter(title, true);
      else search.focus();
    },
  };
}

/** "/" goes to the field of the view that is shown, from anywhere but a field or a dialog. */
export function watchShortcut() {
  const fields = [
    search,
    byId("question", HTMLTextAreaElement),
    byId("telling", HTMLTextAreaElement),
    byId("graph-search", HTMLInputElement),
  ];
  document.addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
    const elsewhere =
      event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
    if (event.key !== "/" || busy || elsewhere) return;
    event.preventDefault();
    const field = fields.find((one) => one.checkVisibility());
    field?.focus();
    field?.select();
  });
}

/** What is shown: one category or all of them, in every namespace, since the counts are over all of them too. */
function scope() {
  const category = chosenCategory();
  return category ? { namespace: null, category } : { namespace: null };
}

/** @param {KeyboardEvent} event */
function moveWithin(event) {
  const all = titles();
  if (!(document.activeElement instanceof HTMLButtonElement)) return;
  const at = all.indexOf(document.activeElement);
  if (at < 0) return;
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    if (target < 0) search.focus();
    else enter(all[Math.min(target, all.length - 1)], true);
  } else if (event.key === "Escape") {
    search.focus();
  }
}

/**
 * Make one entry the list's stop for the Tab key, so that Tab passes the list in one step.
 * @param {HTMLButtonElement | undefined} title
 * @param {boolean} focus
 */
function enter(title, focus) {
  if (!title) return;
  for (const other of titles()) other.tabIndex = other === title ? 0 : -1;
  if (focus) title.focus();
}

/** @returns {HTMLButtonElement[]} */
function titles() {
  return [...results.querySelectorAll("button")];
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function entryOf(target) {
  return target instanceof Element ? target.closest(".hit") : null;
}

/** @param {View} view */
function describe({ query, category, entries, more: hasMore, far, refused, latencyMs }) {
  const within = category ? ` in ${category}` : "";
  summary.dataset.refused = String(refused !== "");
  if (refused) {
    summary.textContent = refused;
  } else if (!query) {
    summary.textContent = `Newest${within}`;
  } else {
    const found = hasMore
      ? `The best ${count(entries.length)}`
      : counted(entries.length, "memory", "memories");
    const asked = excerpt(query);
    summary.textContent = far
      ? `Nothing${within} comes near “${asked}”; these are the least distant.`
      : `${found}${within} for “${asked}” in ${duration(latencyMs)}`;
  }
  nothing.hidden = !query || entries.length > 0 || refused !== "";
  byId("nothing-text", HTMLElement).textContent = category
    ? `No memory in ${category} resembles this. Try another category, or all of them.`
    : "No memory resembles this.";
}
