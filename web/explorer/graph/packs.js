/** The knowledge packs that are loaded, and the ways to more: files, dropped files, the sample. */

import { loadOffered, offeredPacks } from "../catalog.js";
import { byId, element } from "../element.js";
import { actions, replaceEntries } from "../entries.js";
import { counted } from "../format.js";
import { exclusive, Latest } from "../latest.js";
import { notify } from "../toast.js";
import { createPackDialog } from "./pack_dialog.js";

/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../../types/pramana.d.ts").Pack} Pack */
/** @typedef {import("../../types/pramana.d.ts").PackAdded} PackAdded */
/** @typedef {ReturnType<typeof createPacks>} Packs */

const view = byId("view-graph", HTMLElement);
const list = byId("packs", HTMLUListElement);
const offers = byId("graph-offers", HTMLElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(error: unknown) => void} options.onError
 */
export function createPacks({ graph, onError }) {
  const latest = new Latest();
  const dialog = createPackDialog({ graph, onAdded: said, onError });

  /** @param {Pack} pack */
  function entry(pack) {
    const remove = async () => {
      const facts = await graph.removePack(pack.name);
      notify(`Removed: ${pack.name}, ${counted(facts, "fact", "facts")}.`);
    };
    const small = [counted(pack.facts, "fact", "facts"), counted(pack.rules, "rule", "rules"), pack.licence];
    return element(
      "li",
      { class: "pack", "data-pack": pack.name },
      element("p", {}, [pack.name, pack.version].filter(Boolean).join(" ")),
      actions(pack.name, { Remove: remove }, onError),
      element("p", { class: "entry-facts" }, ...small.map((part) => element("span", {}, part))),
    );
  }

  for (const id of ["graph-pack", "graph-pack-first", "ask-pack", "ask-pack-more"]) {
    byId(id, HTMLButtonElement).addEventListener("click", () => dialog.open());
  }
  view.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  view.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    dialog.open(files);
  });

  return {
    async show() {
      const found = await latest.run((signal) => graph.packs({ signal }));
      if (!found) return;
      replaceEntries(list, found.map(entry));
    },

    offer,

    /** Offer the smallest pack that the site has. */
    async offerSample() {
      const [first] = await offeredPacks();
      offers.replaceChildren(...(first ? [offer(first)] : []));
    },
  };

  /** @param {import("../catalog.js").Offered} pack @returns {HTMLButtonElement} that loads it */
  function offer(pack) {
    const button = element("button", { type: "button", "data-offered": pack.name }, `Load “${pack.title}”`);
    button.addEventListener("click", () => {
      exclusive(button, async () => said(await loadOffered(graph, pack)), view).catch(onError);
    });
    return button;
  }
}

/** @param {PackAdded} added say what was loaded, and what was not */
function said({ pack, skipped, skipped_count: left }) {
  const loaded = `${pack.name}: ${counted(pack.facts, "fact", "facts")} and ${counted(pack.rules, "rule", "rules")}`;
  const [first] = skipped;
  const lines = `${counted(left, "line was", "lines were")} left out, first line ${first?.line}: ${first?.reason}`;
  notify(first ? `Loaded ${loaded}; ${lines}` : `Loaded ${loaded}.`);
}
