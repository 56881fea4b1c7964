/** The graph beside an answer: what the answer rests on, among what else is known of the terms of the question. */

import { byId, element } from "../element.js";
import { counted } from "../format.js";
import { Picture } from "../graph/canvas.js";
import { describeEvidence } from "../graph/evidence.js";
import { followKeys } from "../graph/keys.js";
import { followPointers } from "../graph/pointer.js";
import { keyOf, sceneOf } from "../graph/scene.js";
import { Settling } from "../graph/settling.js";
import { Gathering } from "../graph/source.js";
import { publish } from "../graph/summary.js";
import { Latest } from "../latest.js";
import { labelOf, learnNames, termsOf } from "../names.js";
import { statement } from "../statement.js";

/** @typedef {import("../../types/pramana.d.ts").Fact} Fact */
/** @typedef {import("../../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../graph/evidence.js").Evidence} Evidence */
/** @typedef {import("../graph/scene.js").Node} Node */

/** Terms of a question that are shown with what surrounds them, and facts at each side of one. */
const MOST_TERMS = 4;
const MOST_AROUND = 12;
const ZOOM = 1.4;
/** Other names of a term are shown with it already. */
const UNSHOWN = "called";

const frame = byId("ask-graph", HTMLElement);
const area = byId("ask-picture", HTMLElement);
const canvas = byId("ask-canvas", HTMLCanvasElement);
const legend = byId("ask-lit", HTMLElement);
const litFacts = byId("ask-lit-facts", HTMLUListElement);
const said = byId("ask-graph-said", HTMLElement);

export class AnswerPicture {
  #graph;
  #onError;
  #latest = new Latest();
  #picture;
  #settling;
  #fitted = true;
  #found = new Gathering();
  /** @type {Evidence | null} */
  #lit = null;

  /**
   * @param {object} options
   * @param {Graph} options.graph
   * @param {(lit: Evidence | null, term: string | null) => void} options.onOpen called to show the same in the view of the graph
   * @param {(error: unknown) => void} options.onError
   */
  constructor({ graph, onOpen, onError }) {
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
    this.#follow();
    byId("ask-graph-open", HTMLButtonElement).addEventListener("click", () => {
      onOpen(this.#lit, this.#picture.focus?.term ?? null);
    });
  }

  /** Whether there is room for it. */
  get beside() {
    return area.checkVisibility();
  }

  /**
   * @param {readonly string[]} terms of the question
   * @param {readonly Evidence[]} evidence all that can be lit
   */
  async show(terms, evidence) {
    await this.#latest.run(async (signal) => {
      const found = new Gathering();
      for (const { stated } of evidence) found.add(stated);
      for (const facts of await this.#around(terms.slice(0, MOST_TERMS), signal)) found.add(facts);
      await learnNames(this.#graph, termsOf([...found.statements.values()].flat()), signal);
      if (!signal.aborted) this.#draw(found);
    });
  }

  /** Nothing is asked. */
  clear() {
    frame.hidden = true;
    this.light(null);
  }

  /** @param {Evidence | null} evidence to be lit, while the rest is dimmed */
  light(evidence) {
    this.#lit = evidence;
    this.#picture.lit = evidence && new Set(evidence.stated.map(keyOf));
    this.#picture.focus = null;
    this.#fitted = true;
    this.#describe();
    this.#fit();
  }

  /** @param {string} term show what is known of it */
  async visit(term) {
    await this.#latest.run(async (signal) => {
      const [facts] = await this.#around([term], signal);
      this.#found.add(facts);
      await learnNames(this.#graph, termsOf(facts), signal);
      if (signal.aborted) return;
      this.light(null);
      this.#draw(this.#found);
      this.#focus(this.#picture.scene.node(term) ?? null);
    });
  }

  /** @param {readonly string[]} terms @param {AbortSignal} signal @returns {Promise<Fact[][]>} */
  #around(terms, signal) {
    const options = { negated: null, limit: 2 * MOST_AROUND, signal };
    return Promise.all(
      terms.map(async (term) => {
        const sides = await Promise.all([
          this.#graph.match(term, null, null, options),
          this.#graph.match(null, null, term, options),
        ]);
        return sides.flatMap((facts) =>
          facts.filter(({ predicate }) => predicate !== UNSHOWN).slice(0, MOST_AROUND),
        );
      }),
    );
  }

  /** @param {Gathering} found */
  #draw(found) {
    const picture = this.#picture;
    this.#found = found;
    picture.scene = sceneOf(found.statements, picture.scene);
    picture.hover = { node: null, edge: null };
    frame.hidden = picture.scene.edges.length === 0;
    canvas.dataset.settled = "false";
    this.#settling.settle(picture.scene);
    this.#describe();
    picture.invalidate();
  }

  /** Say what is lit, by what is drawn. */
  #describe() {
    const { lit, scene } = this.#picture;
    legend.textContent = this.#lit ? describeEvidence(this.#lit) : "";
    const edges = scene.edges.filter(({ key }) => lit?.has(key));
    litFacts.replaceChildren(
      ...edges.map(({ key, facts }) => element("li", { "data-key": key }, statement(facts[0]))),
    );
  }

  #follow() {
    const picture = this.#picture;
    /** @param {Node | null} node */
    const focus = (node) => this.#focus(node);
    /** @param {Node} node */
    const expand = (node) => this.visit(node.term).catch(this.#onError);
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
      onClear: () => this.light(null),
    });
    /** @type {Record<string, () => void>} */
    const buttons = {
      "ask-zoom-in": () => this.#zoom(ZOOM),
      "ask-zoom-out": () => this.#zoom(1 / ZOOM),
      "ask-fit": () => this.#fitAgain(),
    };
    for (const [id, run] of Object.entries(buttons))
      byId(id, HTMLButtonElement).addEventListener("click", run);
  }

  /** @param {Node | null} node */
  #focus(node) {
    const picture = this.#picture;
    picture.focus = node;
    said.textContent = node
      ? `${labelOf(node.term)}, ${counted(node.edges.length, "fact", "facts")} shown`
      : "";
    picture.invalidate();
  }

  /** @param {number} factor */
  #zoom(factor) {
    this.#fitted = false;
    const { camera, width, height } = this.#picture;
    camera.zoomBy(factor, width / 2, height / 2);
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
