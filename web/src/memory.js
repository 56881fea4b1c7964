/**
 * An open memory: the methods of the page's API, each one request to the engine.
 */

import { fromWire, PramanaError } from "./errors.js";
import { Graph } from "./graph.js";
import { wholeLines } from "./lines.js";
import { encode, snakeCase, unfit } from "./params.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("../types/pramana.d.ts").Memory} MemoryInterface */
/** @typedef {import("../types/pramana.d.ts").Role} Role */
/** @typedef {import("../types/pramana.d.ts").PatternFields} PatternFields */
/** @typedef {import("../types/pramana.d.ts").CallOptions} CallOptions */
/** @typedef {import("../types/pramana.d.ts").FindOptions} FindOptions */

/** The name of memories that end with the page. */
export const TEMPORARY = ":memory:";

/** @implements {MemoryInterface} */
export class Memory extends EventTarget {
  #engine;
  #bank;
  #readOnly;
  /** @type {Role} */
  #role;
  /** @type {PramanaError | null} */
  #closed = null;
  /** By number, at the engine. @type {number[]} */
  #embedders = [];

  /**
   * @param {Engine} engine
   * @param {{bank: number, role: Role}} opened what the worker answered
   * @param {{name: string, readOnly: boolean, offline: Promise<import("../types/pramana.d.ts").OfflineStatus>,
   *   embedder?: import("./embedder.js").Described}} options
   */
  constructor(engine, { bank, role }, { name, readOnly, offline, embedder }) {
    super();
    this.name = name;
    this.offline = offline;
    this.#engine = engine;
    this.#bank = bank;
    this.#role = role;
    this.#readOnly = readOnly;
    if (embedder) this.#embedders.push(embedder.number);
    this.graph = new Graph(
      (method, json, call) => this.#call(method, json, call),
      (method, json, call) => this.#commit(method, json, call),
    );
    engine.listen(bank, (kind, data) => this.#heed(kind, data));
  }

  get role() {
    return this.#role;
  }

  /** @param {PatternFields} fields @param {CallOptions} [options] */
  storePattern(fields, options) {
    return this.#write("store", fields, options);
  }

  /**
   * @param {readonly PatternFields[]} patterns
   * @param {CallOptions & {onProgress?: (progress: {done: number, total: number}) => void}} [options]
   */
  async storePatterns(patterns, { onProgress, ...options } = {}) {
    if (!Array.isArray(patterns)) throw unfit("patterns", "an array of patterns");
    const told = onProgress && ((/** @type {string} */ chunk) => onProgress(JSON.parse(chunk)));
    return this.#write("store_many", { patterns }, options, told);
  }

  /**
   * @param {string} task
   * @param {FindOptions | string | null} [options] or the category
   * @param {number} [k]
   * @param {FindOptions} [more]
   */
  findSimilar(task, options, k, more) {
    const named =
      typeof options === "object" && options !== null ? options : { ...more, category: options, k };
    return this.#ask("find_similar", { task, ...snakeCase(named) }, named);
  }

  /** @param {string} text @param {import("../types/pramana.d.ts").ReasonOptions} [options] */
  reason(text, options) {
    return this.#ask("reason", { text, ...snakeCase(options) }, options);
  }

  /** @param {CallOptions} [options] */
  cacheStats(options) {
    return this.#ask("cache_stats", {}, options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  getPattern(id, options) {
    return this.#ask("get", { pid: id }, options);
  }

  /** @param {readonly string[]} ids @param {CallOptions} [options] */
  getPatterns(ids, options) {
    return this.#ask("get_many", { ids }, options);
  }

  /** @param {string} id @param {Partial<PatternFields>} fields @param {CallOptions} [options] */
  async updatePattern(id, fields, options) {
    await this.#write("update", { ...fields, pid: id }, options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  async deletePattern(id, options) {
    await this.#write("delete", { pid: id }, options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  async purgePattern(id, options) {
    await this.#write("purge", { pid: id }, options);
  }

  /** @param {readonly string[]} ids @param {CallOptions & {success?: boolean}} [options] */
  async used(ids, options) {
    await this.#write("used", { ids, ...snakeCase(options) }, options);
  }

  /** @param {import("../types/pramana.d.ts").ListOptions} [options] */
  list(options) {
    return this.#ask("list", snakeCase(options), options);
  }

  /** @param {string} category @param {CallOptions & {namespace?: string | null, limit?: number}} [options] */
  byCategory(category, options) {
    return this.#ask("by_category", { category, ...snakeCase(options) }, options);
  }

  /** @param {CallOptions} [options] */
  stats(options) {
    return this.#ask("stats", {}, options);
  }

  /** @param {CallOptions} [options] */
  async capabilities(options) {
    const found = await this.#ask("capabilities", {}, options);
    return {
      ...found,
      store: { ...found.store, read_only: this.#readOnly },
      version: __VERSION__,
      release: __RELEASE__,
    };
  }

  /**
   * @param {import("../types/pramana.d.ts").Embedder} embedder
   * @param {CallOptions & {onProgress?: (progress: {done: number, total: number}) => void}} [options]
   * @returns {Promise<number>}
   */
  async reembed(embedder, { signal, onProgress } = {}) {
    if (this.#closed) throw this.#closed;
    if (this.#readOnly) throw new PramanaError("read_only", `"${this.name}" was opened read-only`);
    const described = this.#engine.embedders.add(embedder);
    this.#embedders.push(described.number);
    const count = await this.#engine.call("reembed", described, { bank: this.#bank, signal, onProgress });
    this.#engine.amend(this.#bank, { embedder: described, reembed: false });
    return count;
  }

  /** @param {CallOptions} [options] */
  async exportJsonl(options) {
    for (;;) {
      /** @type {string[]} */
      const chunks = [];
      try {
        await this.#ask("export_jsonl", {}, options, (chunk) => chunks.push(JSON.parse(chunk)));
        return new Blob(chunks, { type: "application/x-ndjson" });
      } catch (error) {
        // The leader went before the last chunk; the next one has all of them.
        if (this.#closed || !(error instanceof PramanaError && error.code === "epoch_lost")) throw error;
        if (error.details.hung) throw error;
      }
    }
  }

  /** @param {Blob | string} source @param {import("../types/pramana.d.ts").ImportOptions} [options] */
  async importJsonl(source, options) {
    const blob = typeof source === "string" ? new Blob([source]) : source;
    if (!(blob instanceof Blob)) throw unfit("source", "a Blob, a File or a string of JSONL");
    const params = snakeCase(options);
    for await (const { text, firstLine } of wholeLines(blob))
      await this.#write("import_jsonl", { ...params, text, first_line: firstLine, dry_run: true }, options);
    /** @type {Record<string, number>} */
    const totals = { added: 0, updated: 0, skipped: 0, lines: 0 };
    let heeded = options;
    for await (const { text, firstLine } of wholeLines(blob)) {
      const counts = await this.#write("import_jsonl", { ...params, text, first_line: firstLine }, heeded);
      heeded = undefined; // what is written stands, so the rest follows
      for (const [name, count] of Object.entries(counts)) totals[name] += Number(count);
    }
    return /** @type {import("../types/pramana.d.ts").ImportCounts} */ (/** @type {unknown} */ (totals));
  }

  async close() {
    if (this.#closed) return;
    this.#shut(new PramanaError("closed", `"${this.name}" was closed`));
    await this.#engine.call("close", null, { bank: this.#bank });
    for (const number of this.#embedders) this.#engine.embedders.drop(number);
    this.#engine.release();
  }

  /**
   * @param {string} method
   * @param {object} params
   * @param {CallOptions} [options]
   * @param {(chunkJson: string) => void} [onChunk]
   * @returns {Promise<any>}
   */
  async #write(method, params, options, onChunk) {
    return this.#commit(method, encode(params), { signal: options?.signal, onChunk });
  }

  /**
   * @param {string} method
   * @param {object} params
   * @param {CallOptions} [options]
   * @param {(chunkJson: string) => void} [onChunk]
   * @returns {Promise<any>}
   */
  async #ask(method, params, options, onChunk) {
    return this.#call(method, encode(params), { signal: options?.signal, onChunk });
  }

  /**
   * @param {string} method
   * @param {string} paramsJson
   * @param {import("./rpc.js").CallOptions} [options]
   * @returns {Promise<any>}
   */
  async #commit(method, paramsJson, options) {
    if (this.#readOnly) throw new PramanaError("read_only", `"${this.name}" was opened read-only`);
    const answer = await this.#call(method, paramsJson, options);
    // The write stands, whatever becomes of the asking.
    if (this.name !== TEMPORARY) askToPersist().catch((error) => console.warn("Pramana:", error));
    return answer;
  }

  /**
   * @param {string} method
   * @param {string} paramsJson
   * @param {import("./rpc.js").CallOptions} [options]
   * @returns {Promise<any>}
   */
  async #call(method, paramsJson, options) {
    if (this.#closed) throw this.#closed;
    const json = await this.#engine.call(method, paramsJson, { ...options, bank: this.#bank });
    const answer = JSON.parse(json);
    if ("error" in answer) throw fromWire(answer.error);
    return answer.ok;
  }

  /** @param {string} kind @param {any} data */
  #heed(kind, data) {
    if (kind === "closed") {
      const error = fromWire(data);
      this.#shut(error);
      this.#engine.release();
      this.dispatchEvent(new CustomEvent("closed", { detail: error }));
      return;
    }
    if (kind === "role" && data === this.#role) return;
    if (kind === "role") this.#role = data;
    this.dispatchEvent(new CustomEvent(kind, { detail: data }));
  }

  /** @param {PramanaError} reason of every later call */
  #shut(reason) {
    this.#closed = reason;
    this.#engine.unlisten(this.#bank);
  }
}

let askedToPersist = false;

/** Have the browser spare this origin's data, once, and only in a user's gesture: some browsers ask the user. */
async function askToPersist() {
  if (askedToPersist || !navigator.userActivation?.isActive || !navigator.storage?.persist) return;
  askedToPersist = true;
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
