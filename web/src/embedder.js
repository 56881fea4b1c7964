/**
 * Embedders that run in the page: the worker sends texts and gets vectors back.
 *
 *     page                                        worker
 *                                        ◀────── embed {id, embedder, texts}
 *     embedded {id, vectors | error}     ──────▶
 */

import { PramanaError, toWire } from "./errors.js";
import { LIMITS, MESSAGES, PROTOCOL_VERSION } from "./protocol.js";

/** @typedef {import("../types/pramana.d.ts").Embedder} Embedder */
/** @typedef {{number: number, id: string, dim: number}} Described what the worker knows of an embedder */
/** @typedef {(message: object, transfer: Transferable[]) => void} Post */

export class Embedders {
  /** @type {Map<number, Embedder>} */
  #known = new Map();
  #last = 0;

  /**
   * @param {Embedder} embedder
   * @returns {Described}
   */
  add(embedder) {
    check(embedder);
    const number = ++this.#last;
    this.#known.set(number, embedder);
    return { number, id: embedder.id, dim: embedder.dim };
  }

  /** @param {number} number */
  drop(number) {
    this.#known.delete(number);
  }

  /**
   * @param {Record<string, any>} message of type "embed"
   * @param {Post} post to the worker that asks
   */
  async receive({ id, embedder: number, texts }, post) {
    /** @type {Record<string, any>} */
    const answer = { v: PROTOCOL_VERSION, type: MESSAGES.embedded, id };
    try {
      const embedder = this.#known.get(number);
      if (!embedder) throw new PramanaError("closed", "this memory was closed");
      answer.vectors = await vectorsOf(embedder, texts);
    } catch (error) {
      answer.error = toWire(error);
    }
    post(answer, answer.vectors ? [answer.vectors.buffer] : []);
  }
}

/** @param {Embedder} embedder */
function check(embedder) {
  const { id, dim, embed } = Object(embedder);
  const named = typeof id === "string" && id.length > 0 && id.length <= LIMITS.max_name_chars;
  const sized = Number.isInteger(dim) && dim > 0 && dim <= LIMITS.max_dim;
  if (named && sized && typeof embed === "function") return;
  const message = `an embedder needs id (1 to ${LIMITS.max_name_chars} characters that name its model and version), dim (1 to ${LIMITS.max_dim}) and embed(texts)`;
  throw new PramanaError("invalid_input", message, { field: "embedder" });
}

/**
 * @param {Embedder} embedder
 * @param {string[]} texts
 * @returns {Promise<Float32Array<ArrayBuffer>>} all vectors, one after another; the embedder's own are left as they are
 */
async function vectorsOf(embedder, texts) {
  const { id, dim } = embedder;
  /** @type {ArrayLike<number>[]} */
  let rows;
  try {
    rows = Array.from(await embedder.embed(texts));
  } catch (cause) {
    if (cause instanceof PramanaError) throw cause;
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new PramanaError("embedder_failed", `the embedder "${id}" failed: ${reason}`, { id }, { cause });
  }
  const wrong = rows.findIndex((row) => row?.length !== dim);
  if (rows.length !== texts.length || wrong >= 0) {
    const got = [rows.length, wrong < 0 ? dim : (rows[wrong]?.length ?? null)];
    const message = `the embedder "${id}" returned ${got[0]} vectors (${got[1]} floats) where ${texts.length} (${dim}) were expected`;
    throw new PramanaError("embedder_failed", message, { id, expected: [texts.length, dim], got });
  }
  const flat = new Float32Array(texts.length * dim);
  for (let at = 0; at < rows.length; at++) flat.set(rows[at], at * dim);
  return flat;
}
