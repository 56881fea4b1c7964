/**
 * The view of the graph. Nothing of it is read before the view is first shown.
 *
 * What tests and drivers may rely on:
 * - `?view=graph` opens it; `<html data-graph>` is "ready" once facts, or that there are none, are shown.
 * - `#graph-picture` takes the focus and the keys; its `#graph-canvas` says what it shows: `data-nodes`, `data-edges`, `data-lit` (numbers), `data-settled`, and of the
 *   term that has the focus `data-focus` and `data-focus-at`, "x,y" in CSS pixels of the canvas.
 * - `#graph-search`, `#graph-depth`, `#graph-newest`, `#graph-derived`, `#graph-confidence`, `#graph-predicates input`,
 *   `#graph-zoom-in`, `#graph-zoom-out`, `#graph-fit`; `#graph-status` says how much of what is known is shown.
 * - `#graph-focused` shows the focused term, with `#graph-expand` and `#graph-around`; `#graph-said` is read out.
 * - `#graph-list` opens the table of what is shown, `#graph-rows tr`. `#graph-lit` says what is lit.
 * - `#graph-empty` with `#graph-example`, and `#graph-offers button` where the site has a pack. `#graph-pack` opens `#pack-dialog`, with
 *   `#pack-facts`, `#pack-rules`, `#pack-licence`, `#pack-load`, `#pack-problem`; `#packs [data-pack]` are those loaded.
 */

import { byId } from "../element.js";
import { counted } from "../format.js";
import { exclusive, Latest } from "../latest.js";
import { learnNames, noteNames } from "../names.js";
import { PramanaError } from "../pramana.js";
import { Picture } from "./canvas.js";
import { showDetails } from "./details.js";
import { evidenceOf } from "./evidence.js";
import { createFilters } from "./filters.js";
import { followKeys } from "./keys.js";
import { createList } from "./list.js";
import { followPointers } from "./pointer.js";
import { applyFilter, keyOf, sceneOf } from "./scene.js";
import { createSearch } from "./search.js";
import { Settling } from "./settling.js";
import { find } from "./source.js";
import { publish, showParts, showStatus } from "./summary.js";

/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../../types/pramana.d.ts").FactPath} FactPath */
/** @typedef {import("../../types/pramana.d.ts").Proof} Proof */
/** @typedef {import("./evidence.js").Evidence} Evidence */
/** @typedef {import("./scene.js").Node} Node */
/** @typedef {import("./source.js").Found} Found */
/**
 * What is asked for.
 * @typedef {object} Wanted
 * @property {string | null} origin the term around which facts are shown; null for the newest
 * @property {string[]} expanded
 * @property {Evidence | null} evidence
 */

const ZOOM = 1.4;
const MOST_EXPANDED = 20;
/** Terms whose names are looked up before a scene is shown: each costs a question. */
const MOST_NAMED = 400;

const page = document.documentElement;
const canvas = byId("graph-canvas", HTMLCanvasElement);
const area = byId("graph-picture", HTMLElement);
const derived = byId("graph-derived", HTMLInputElement);
const depth = byId("graph-depth", HTMLSelectElement);
const problem = byId("graph-search-problem", HTMLElement);
const said = byId("graph-said", HTMLElement);

export class GraphView {
  #graph;
  #onError;
  #latest = new Latest();
  #shown = false;
  #stale = true;
  /** @type {Wanted} */
  #wanted = { origin: null, expanded: [], evidence: null };
  /** Whether the picture is kept fitted into its frame: until the person moves it. */
  #fitted = true;
  /** Whether the next scene is another one, in which no term has a place yet. */
  #anew = false;
  /** @type {Found} */
  #found = { statements: new Map(), total: 0, partial: false };
  #picture;
  #settling;
  #filters;
  #search;
  #showList;
  #packs;

  /**
   * @param {object} options
   * @param {Graph} options.graph
   * @param {import("./packs.js").Packs} options.packs
   * @param {() => Promise<void>} options.onExample tells the example
   * @param {(error: unknown) => void} options.onError
   */
  constructor({ graph, packs, onExample, onError }) {
    this.#graph = graph;
    this.#onError = onError;
    this.#picture = new Picture(canvas, {
      onResized: () => this.#fitted && this.#fit(),
      onDrawn: () => publish(canvas, this.#picture),
    });
    this.#settling = new Settling((settled) => {
      canvas.dataset.settled = String(settled);
      if (this.#fitted) this.#fit();
      this.#picture.invalidate();
    }, onError);
    this.#filters = createFilters(() => this.#filter());
    this.#search = createSearch((term) => this.#around(term).catch(onError));
    this.#showList = createList((term) => this.#choose(term));
    this.#packs = packs;
    this.#follow();
    const example = byId("graph-example", HTMLButtonElement);
    example.addEventListener("click", () => {
      exclusive(example, onExample, area).catch(onError);
    });
  }

  /** @param {boolean} visible whether the view is the one that is shown */
  async show(visible) {
    this.#shown = visible;
    if (visible && this.#stale) await this.#load();
  }

  /** Something was written, here or in another tab. */
  async changed() {
    this.#stale = true;
    if (this.#shown) await this.#load();
  }

  /**
   * Light a path, a proof or what else states something, and dim the rest; what of it was not shown yet is.
   * @param {FactPath | Proof | Evidence} path
   */
  async highlight(path) {
    const evidence = "stated" in path ? path : evidenceOf(path);
    this.#wanted = { ...this.#wanted, evidence };
    this.#fitted = true;
    await this.changed();
  }

  /**
   * Show what is around a term.
   * @param {string} term
   */
  async around(term) {
    await this.#around(term);
  }

  /** What people do, and what it does. */
  #follow() {
    const picture = this.#picture;
    /** @param {Node | null} node */
    const focus = (node) => this.#focus(node);
    /** @param {Node} node */
    const expand = (node) => this.#expand(node);
    followPointers(canvas, {
      picture,
      settling: this.#settling,
      onChoose: focus,
      onExpand: expand,
      onMoved: () => {
        this.#fitted = false;
      },
    });
    followKeys(area, {
      picture,
      onFocus: focus,
      onExpand: expand,
      onZoom: (factor) => this.#zoom(factor),
      onFit: () => this.#fitAgain(),
      onClear: () => this.#clear(),
    });
    /** @type {Record<string, () => void>} */
    const buttons = {
      "graph-zoom-in": () => this.#zoom(ZOOM),
      "graph-zoom-out": () => this.#zoom(1 / ZOOM),
      "graph-fit": () => this.#fitAgain(),
      "graph-lit-clear": () => this.#clear(),
      "graph-expand": () => picture.focus && expand(picture.focus),
      "graph-around": () => picture.focus && this.#around(picture.focus.term).catch(this.#onError),
      "graph-newest": () => this.#want({ origin: null, expanded: [], evidence: null }),
    };
    for (const [id, run] of Object.entries(buttons))
      byId(id, HTMLButtonElement).addEventListener("click", run);
    for (const control of [derived, depth]) {
      control.addEventListener("change", () => {
        this.#load().catch(this.#onError);
      });
    }
  }

  async #load() {
    this.#stale = false;
    const { origin, expanded, evidence } = this.#wanted;
    const query = {
      origin,
      expanded,
      extra: evidence?.stated ?? [],
      depth: Number(depth.value),
      derived: derived.checked,
    };
    const work = async (/** @type {AbortSignal} */ signal) => {
      const facts = await find(this.#graph, query, signal);
      noteNames([...facts.statements.values()].flat());
      await learnNames(this.#graph, mostLinked(facts.statements), signal);
      return facts;
    };
    const found = await this.#latest.run(work).catch((error) => {
      this.#stale = true;
      throw error;
    });
    if (!found) return;
    this.#found = found;
    const picture = this.#picture;
    const focused = picture.focus?.term;
    picture.scene = sceneOf(found.statements, this.#anew ? null : picture.scene);
    this.#anew = false;
    picture.hover = { node: null, edge: null };
    picture.lit = evidence && new Set(evidence.stated.map(keyOf));
    picture.focus = (focused !== undefined && picture.scene.node(focused)) || null;
    canvas.dataset.settled = "false";
    this.#settling.settle(picture.scene);
    this.#search.saw(picture.scene.nodes.map(({ term }) => term));
    this.#filters.show(picture.scene);
    this.#filter();
    const empty = showParts(this.#wanted, found);
    await Promise.all([this.#packs.show(), empty ? this.#packs.offerSample() : null]);
    page.dataset.graph = "ready";
  }

  /** Draw what passes the filters of what was found. */
  #filter() {
    const picture = this.#picture;
    applyFilter(picture.scene, this.#filters.filter);
    this.#showList(picture.scene);
    showStatus(picture.scene, this.#found);
    this.#focus(picture.focus?.visible ? picture.focus : null);
  }

  /** @param {Node | null} node */
  #focus(node) {
    const picture = this.#picture;
    picture.focus = node;
    showDetails(node, (term) => this.#choose(term));
    const amount = node ? node.edges.filter(({ visible }) => visible).length : 0;
    said.textContent = node ? `${node.label}, ${counted(amount, "fact", "facts")}` : "";
    if (node && !this.#fitted) picture.camera.reveal(node, picture.width, picture.height);
    picture.invalidate();
  }

  /** @param {string} term that is to have the focus, if it is shown */
  #choose(term) {
    const { scene } = this.#picture;
    const like = (/** @type {Node} */ node) => node.term.toLowerCase() === term.toLowerCase();
    const node = scene.node(term) ?? scene.nodes.find(like);
    if (node?.visible) this.#focus(node);
  }

  /** @param {Wanted} wanted @returns {Promise<void>} */
  async #renew(wanted) {
    const before = { wanted: this.#wanted, fitted: this.#fitted };
    this.#wanted = wanted;
    this.#fitted = true;
    this.#anew = true;
    try {
      await this.#load();
    } catch (error) {
      this.#wanted = before.wanted;
      this.#fitted = before.fitted;
      this.#anew = false;
      throw error;
    }
  }

  /** @param {Wanted} wanted */
  #want(wanted) {
    this.#renew(wanted).catch(this.#onError);
  }

  /** @param {string} term show what is around it */
  async #around(term) {
    problem.textContent = "";
    try {
      await this.#renew({ origin: term, expanded: [], evidence: null });
    } catch (error) {
      if (!(error instanceof PramanaError) || error.code !== "not_found") throw error;
      problem.textContent = `Nothing is known of “${term}”.`;
      return;
    }
    this.#choose(term);
  }

  /** @param {Node} node show its own facts too */
  #expand({ term }) {
    const others = this.#wanted.expanded.filter((other) => other !== term);
    this.#wanted = { ...this.#wanted, expanded: [term, ...others].slice(0, MOST_EXPANDED) };
    this.#load().catch(this.#onError);
  }

  /** Nothing is lit, and no term has the focus. */
  #clear() {
    this.#wanted = { ...this.#wanted, evidence: null };
    this.#picture.lit = null;
    this.#focus(null);
    showParts(this.#wanted, this.#found);
  }

  /** @param {number} factor */
  #zoom(factor) {
    this.#fitted = false;
    const { camera, focus, width, height } = this.#picture;
    const x = focus ? camera.screenX(focus.x) : width / 2;
    const y = focus ? camera.screenY(focus.y) : height / 2;
    camera.zoomBy(factor, x, y);
    this.#picture.invalidate();
  }

  #fitAgain() {
    this.#fitted = true;
    this.#fit();
  }

  #fit() {
    const picture = this.#picture;
    const lit = picture.scene.edges.filter(({ key }) => picture.lit?.has(key));
    const nodes = lit.length ? lit.flatMap(({ source, target }) => [source, target]) : picture.visible;
    picture.camera.fit(nodes, picture.width, picture.height);
    picture.invalidate();
  }
}

/**
 * @param {Found["statements"]} statements
 * @returns {string[]} the terms that are likeliest to be named in the picture
 */
function mostLinked(statements) {
  /** @type {Map<string, number>} */
  const links = new Map();
  for (const [{ subject, object }] of statements.values()) {
    for (const term of [subject, object]) links.set(term, (links.get(term) ?? 0) + 1);
  }
  const ranked = [...links].sort(([, one], [, other]) => other - one);
  return ranked.slice(0, MOST_NAMED).map(([term]) => term);
}
