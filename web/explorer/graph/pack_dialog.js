/** The dialog that loads a knowledge pack: one that the site offers, or from files, facts and rules beside them. */

import { loadOffered, offeredPacks } from "../catalog.js";
import { byId, element } from "../element.js";
import { count, counted, size } from "../format.js";
import { PramanaError } from "../pramana.js";
import { explain } from "../toast.js";

/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../../types/pramana.d.ts").PackAdded} PackAdded */
/** @typedef {import("../catalog.js").Offered} Offered */

/** A CSV says what it is in the lines before its header. */
const HEAD_BYTES = 4_096;
const FORMATS = /** @type {const} */ (["csv", "nt", "jsonld"]);
const ABOUT = /** @type {const} */ (["name", "version", "licence", "source"]);

const dialog = byId("pack-dialog", HTMLDialogElement);
const form = byId("pack-form", HTMLFormElement);
const facts = byId("pack-facts", HTMLInputElement);
const rules = byId("pack-rules", HTMLInputElement);
const skip = byId("pack-skip", HTMLInputElement);
const load = byId("pack-load", HTMLButtonElement);
const problem = byId("pack-problem", HTMLElement);
const bar = byId("pack-bar", HTMLProgressElement);
const doing = byId("pack-doing", HTMLElement);
const offered = byId("pack-offered", HTMLElement);
const offers = byId("pack-offers", HTMLUListElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(added: PackAdded) => void} options.onAdded
 * @param {(error: unknown) => void} options.onError
 * @returns {{open: (files?: readonly File[]) => void}}
 */
export function createPackDialog({ graph, onAdded, onError }) {
  /** Of what is under way. @type {AbortController | null} */
  let running = null;

  async function submit() {
    const file = facts.files?.[0];
    const lacking = file ? (field("licence").value.trim() ? null : field("licence")) : facts;
    if (!file || lacking) {
      refuse(
        file ? "A licence is needed: every fact of the pack keeps it." : "Choose the file with the facts.",
      );
      lacking?.focus();
      return;
    }
    const text = (await rules.files?.[0]?.text()) ?? "";
    const about = Object.fromEntries(ABOUT.map((name) => [name, field(name).value.trim()]));
    const options = { ...about, format: formatOf(file), rules: text, skipMalformed: skip.checked };
    await run(file.name, (signal) => graph.addPack(file, { ...options, signal, onProgress: recording }));
  }

  /** @param {Offered} pack */
  function fetchOffered(pack) {
    return run(pack.file, (signal) =>
      loadOffered(graph, pack, { signal, onFetched: fetching, onProgress: recording }),
    );
  }

  /**
   * One at a time; closing the dialog ends it.
   * @param {string} name of the file with the facts
   * @param {(signal: AbortSignal) => Promise<PackAdded>} work
   */
  async function run(name, work) {
    if (running) return;
    const controller = new AbortController();
    running = controller;
    busy(true);
    try {
      const added = await work(controller.signal);
      dialog.close();
      onAdded(added);
    } catch (error) {
      if (!controller.signal.aborted) refuse(reasonOf(error, name));
    } finally {
      running = null;
      busy(false);
    }
  }

  async function showOffered() {
    const [packs, loaded] = await Promise.all([offeredPacks(), graph.packs()]);
    const names = new Set(loaded.map(({ name }) => name));
    offered.hidden = packs.length === 0;
    offers.replaceChildren(...packs.map((pack) => offer(pack, names.has(pack.name))));
  }

  /** @param {Offered} pack @param {boolean} there it is loaded already */
  function offer(pack, there) {
    const about = [counted(pack.facts, "fact", "facts"), size(pack.bytes), pack.licence].filter(Boolean);
    const button = element(
      "button",
      { type: "button", "aria-label": `Load ${pack.title}` },
      there ? "Loaded" : "Load",
    );
    button.disabled = there;
    button.addEventListener("click", () => {
      fetchOffered(pack).catch(onError);
    });
    return element(
      "li",
      { class: "pack", "data-offered": pack.name },
      element("p", {}, pack.title),
      button,
      element("p", { class: "entry-facts" }, about.join(", ")),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit().catch(onError);
  });
  facts.addEventListener("change", () => {
    readHead().catch(onError);
  });
  dialog.addEventListener("close", () => running?.abort());
  for (const id of ["pack-cancel", "pack-close"]) {
    byId(id, HTMLButtonElement).addEventListener("click", () => dialog.close());
  }

  return {
    open(files = []) {
      form.reset();
      refuse("");
      const ofRules = files.find(({ name }) => name.endsWith(".rules"));
      const ofFacts = files.find((file) => file !== ofRules);
      put(facts, ofFacts);
      put(rules, ofRules);
      dialog.showModal();
      showOffered().catch(onError);
      readHead().catch(onError);
    },
  };
}

/** What the chosen file says of itself goes into the fields, to be seen and changed. */
async function readHead() {
  const file = facts.files?.[0];
  if (!file) return;
  const head = await file.slice(0, HEAD_BYTES).text();
  field("name").value = file.name.replace(/\.[^.]*$/, "");
  for (const name of ABOUT.filter((one) => one !== "name")) field(name).value = "";
  for (const line of head.replace(/^\ufeff/, "").split(/\r\n?|\n/)) {
    if (!line.startsWith("#")) break;
    const [, key, value] = /^#\s*(\w+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    const known = ABOUT.find((name) => name === key);
    if (known) field(known).value = value;
  }
}

/** @param {typeof ABOUT[number]} name */
function field(name) {
  return byId(`pack-${name}`, HTMLInputElement);
}

/** @param {HTMLInputElement} input of a file @param {File} [file] */
function put(input, file) {
  if (!file) return;
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
}

/** @param {File} file */
function formatOf({ name }) {
  const suffix = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return FORMATS.find((format) => format === suffix) ?? "csv";
}

/** @param {unknown} error @param {string} file that was loaded */
function reasonOf(error, file) {
  if (!(error instanceof PramanaError)) return explain(error);
  const { line, reason, field: refused } = error.details;
  if (typeof line === "number") return `${file}, line ${count(line)}: ${reason}. Nothing was stored.`;
  const name = refused === "rules" ? rules.files?.[0]?.name : "";
  return name ? `${name}: ${error.message}` : explain(error);
}

/** @param {string} text why the pack was not loaded; "" for nothing */
function refuse(text) {
  problem.textContent = text;
}

/** @param {boolean} on */
function busy(on) {
  load.disabled = on;
  offers.inert = on;
  if (on) byId("pack-cancel", HTMLButtonElement).focus();
  bar.hidden = !on;
  readingFile();
  if (!on) doing.textContent = "";
  if (on) refuse("");
}

/** @param {number} done bytes @param {number} total */
function fetching(done, total) {
  doing.textContent = `Fetching: ${size(done)} of ${size(total)}`;
  bar.max = Math.max(1, total);
  if (done < total) bar.value = done;
  else readingFile();
}

/** Nothing can be told of it before all is read. */
function readingFile() {
  doing.textContent = "Reading the file";
  bar.removeAttribute("value");
}

/** @param {{done: number, total: number}} progress facts */
function recording({ done, total }) {
  doing.textContent = `Recording: ${count(done)} of ${counted(total, "fact", "facts")}`;
  bar.max = Math.max(1, total);
  if (done < total) bar.value = done;
  else {
    doing.textContent = `Storing ${counted(total, "fact", "facts")}`;
    bar.removeAttribute("value");
  }
}
