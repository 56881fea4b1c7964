/**
 * The worker's side of embedders that run in the page (see ../embedder.js).
 */

import { MESSAGES, PROTOCOL_VERSION } from "../protocol.js";

/** @typedef {import("../embedder.js").Described} Described */
/**
 * @typedef {object} PageEmbedder as Python uses it (platform/page_embedder.py)
 * @property {string} id
 * @property {number} dim
 * @property {(textsJson: string) => Promise<Float32Array | string>} embed resolves with all vectors, one after another,
 *   or with the JSON of an error
 */

export class PageEmbedders {
  #post;
  /** @type {Map<number, (answer: Float32Array | string) => void>} */
  #waiting = new Map();
  #last = 0;

  /** @param {(message: object) => void} post to the page */
  constructor(post) {
    this.#post = post;
  }

  /**
   * @param {Described} described
   * @returns {PageEmbedder}
   */
  of({ number, id, dim }) {
    return { id, dim, embed: (textsJson) => this.#embed(number, textsJson) };
  }

  /** @param {Record<string, any>} message of type "embedded" */
  receive({ id, vectors, error }) {
    this.#waiting.get(id)?.(vectors ?? JSON.stringify(error));
    this.#waiting.delete(id);
  }

  /**
   * @param {number} embedder
   * @param {string} textsJson
   * @returns {Promise<Float32Array | string>}
   */
  #embed(embedder, textsJson) {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      const texts = JSON.parse(textsJson);
      this.#post({ v: PROTOCOL_VERSION, type: MESSAGES.embed, id, embedder, texts });
    });
  }
}
